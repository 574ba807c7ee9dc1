"""A person who has a keyboard and nothing else: goes from control to control with Tab, and sees where it is."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

FURTHEST = 400
# The name that a screen reader would say of the control in focus, and whether one sees that it is in focus.
IN_FOCUS = """() => {
    const here = document.activeElement;
    if (!here || here === document.body) return {name: "", seen: true};
    const text = node => (node ? node.textContent : "").replace(/\\s+/g, " ").trim();
    const named = (here.getAttribute("aria-labelledby") || "").split(" ").filter(Boolean);
    const name = here.getAttribute("aria-label")
        || named.map(id => text(document.getElementById(id))).join(" ")
        || (here.labels && here.labels.length ? text(here.labels[0]) : text(here));
    const look = getComputedStyle(here);
    const seen = look.outlineStyle !== "none" || look.boxShadow !== "none";
    return {name, seen};
}"""


@dataclass
class Keys:
    """Two hands on the keyboard of a page."""

    page: Page

    def __post_init__(self) -> None:
        # From the start: to begin listening when the key is pressed is too late where the machine is busy.
        self.page.on("filechooser", lambda chooser: None)

    def to(self, name: str, *, starts: bool = False) -> None:
        """Tab by Tab to the control of that name. Fails where none is reached, or where one can't see the focus."""
        passed = []
        for _ in range(FURTHEST):
            self.page.keyboard.press("Tab")
            focus = self.page.evaluate(IN_FOCUS)
            assert focus["seen"], f"{self.page.url}: one can't see that '{focus['name']}' is in focus"
            if focus["name"] == name or (starts and focus["name"].startswith(name)):
                return
            passed.append(focus["name"])
        raise AssertionError(f"{self.page.url}: no Tab leads to '{name}', only to {list(dict.fromkeys(passed))}")

    def follow(self, name: str, *, starts: bool = False) -> None:
        """A link or a button that leads to a page."""
        self.to(name, starts=starts)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, name: str, text: str, *, starts: bool = False) -> None:
        """Into a box, in place of what stood there."""
        self.to(name, starts=starts)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def tick(self, name: str, *, starts: bool = False) -> None:
        """A box to tick, or a choice."""
        self.to(name, starts=starts)
        self.page.keyboard.press("Space")

    def hand_over(self, name: str, file: Path, *, starts: bool = False) -> None:
        """A file, through the window in which one is chosen."""
        self.to(name, starts=starts)
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Enter")
        chooser.value.set_files(file)
