"""What the message panel's look adds to the course's own."""

from course_lib.widgets.look import STYLE as SHARED

_LINE = "1px solid var(--jp-border-color2,rgba(128,128,128,.35))"

STYLE = SHARED + (
    f".tc-messages{{border:{_LINE};border-radius:6px;padding:8px 12px;background:var(--jp-layout-color1,transparent)}}"
    ".tc-messages .widget-html,.tc-messages .widget-html-content{margin:0;line-height:1.45;height:auto}"
    ".tc-messages .tc{margin:0}"
    ".tc-messages .tc-section{margin-top:8px;padding-bottom:2px}"
    f".tc-messages .tc-card{{border-top:{_LINE};padding:4px 0}}"
    ".tc-messages .tc-head{padding:4px 0 0 2px;overflow-wrap:anywhere}"
    ".tc-messages .tc-head code{font-weight:600}"
    ".tc-messages .tc-fault{color:var(--tc-bad);padding:0 0 2px 2px}"
    ".tc-messages .tc-said{padding:2px 0 2px 2px;overflow-wrap:anywhere}"
    f".tc-messages .tc-group{{border-left:2px solid var(--jp-border-color2,rgba(128,128,128,.35));padding-left:10px}}"
    ".tc-messages .tc-grouplabel{font-weight:600}"
)
