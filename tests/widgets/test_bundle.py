from pathlib import Path

import pytest

from course_lib.widgets.panel.bundle import bundle


def test_modules_come_once_and_before_those_that_use_them(tmp_path: Path) -> None:
    (tmp_path / "dom.js").write_text("export function make() {}\n")
    (tmp_path / "strip.js").write_text('import { make } from "./dom.js";\nexport const strip = make();\n')
    (tmp_path / "main.js").write_text(
        'import {\n  make,\n} from "./dom.js";\nimport { strip } from "./strip.js";\nexport default { strip, make };\n'
    )
    assert bundle(tmp_path / "main.js").split("\n") == [
        "function make() {}", "", "const strip = make();", "", "export default { strip, make };", ""
    ]  # fmt: skip


def test_a_module_of_a_neighbouring_folder_comes_too_and_once(tmp_path: Path) -> None:
    for folder in ("panel", "stepper"):
        (tmp_path / folder).mkdir()
    (tmp_path / "panel" / "keys.js").write_text("export function keep() {}\n")
    (tmp_path / "stepper" / "strip.js").write_text('import { keep } from "../panel/keys.js";\nkeep();\n')
    (tmp_path / "stepper" / "main.js").write_text(
        'import { keep } from "../panel/keys.js";\nimport { strip } from "./strip.js";\nexport default { keep };\n'
    )
    text = bundle(tmp_path / "stepper" / "main.js")
    assert text.count("function keep() {}") == 1
    assert "import" not in text


def test_a_name_in_two_modules_is_said(tmp_path: Path) -> None:
    (tmp_path / "dom.js").write_text("export const MOST = 1;\n")
    (tmp_path / "main.js").write_text('import { MOST } from "./dom.js";\nconst MOST = 2;\nexport default {};\n')
    with pytest.raises(ValueError, match="both have MOST"):
        bundle(tmp_path / "main.js")
