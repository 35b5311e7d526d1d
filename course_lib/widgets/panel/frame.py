"""The frame of a panel made of ipywidgets: a border like that of a card, and no gaps of its own between its parts."""

FRAME = (
    ".tc-framed{border:1px solid var(--jp-border-color2,rgba(128,128,128,.35));border-radius:6px;padding:8px 12px;"
    "background:var(--jp-layout-color1,transparent);box-sizing:border-box}"
    # JupyterLab gives each HTML widget the height and the margins of a line of a form.
    ".tc-framed .widget-html,.tc-framed .widget-html-content{margin:0;line-height:1.45;height:auto;width:auto}"
    ".tc-framed .tc{margin:0}.tc-framed .tc-callout{margin-top:6px}"
    ".tc-framed .tc-row{margin:6px 0 0 -2px;overflow:visible;gap:2px 0}"
    ".tc-framed .tc-row button{width:auto;min-width:84px;padding:0 10px}"
)
