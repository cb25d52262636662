"""Hatch's build hook: the web application is built before the package is."""

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools import bundle  # the folder of the project stands on no path before


class BundleHook(BuildHookInterface):  # type: ignore[misc]  # mypy does not follow hatchling
    """Builds the bundle, or fails with a sentence that says what to do."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node, where the bundle has to be built and there is none."""
        root = Path(self.root)
        if os.environ.get(bundle.LATER) == "later" or bundle.is_current(root) or bundle.npm():
            return []
        return [bundle.NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before the files of the package are gathered."""
        del version, build_data
        if os.environ.get(bundle.LATER) == "later" or not (Path(self.root) / bundle.WEB).is_dir():
            return
        try:
            bundle.build(Path(self.root))
        except bundle.Unbuilt as error:
            self.app.abort(str(error))
