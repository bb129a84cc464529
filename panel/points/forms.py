"""One point of a draft, as a lead writes it: answers with their norm in rows, not as codes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import AnswerKind, InspectionItem, Proof, ProofRule
from orders.statuses import Severity
from panel.fields import Line

ROWS = 8
"""Answers that a choice may have at most: more are a list to search through."""

NEW = ""


class TitleForm(forms.Form):
    title = Line(max_length=60)


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """`title` is a field of a choice, the word itself of yes and no."""

    kind: str
    title: Any
    code: forms.BoundField | None
    normal: forms.BoundField
    file: forms.BoundField


class PointForm(forms.Form):
    group = forms.ChoiceField(label=gettext_lazy("Group"), required=False)
    new_group = Line(label=gettext_lazy("or a new group"), max_length=60, required=False)
    title = Line(
        label=gettext_lazy("Short title"), max_length=60, help_text=gettext_lazy("On buttons and in lists.")
    )
    question = Line(label=gettext_lazy("Question"), max_length=300)
    hint = Line(label=gettext_lazy("Hint"), max_length=300, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Answer"), choices=AnswerKind.choices)
    unit = Line(label=gettext_lazy("Unit"), max_length=20, required=False)
    normal_from = forms.DecimalField(
        label=gettext_lazy("The norm from"), required=False, max_digits=14, decimal_places=3, localize=True
    )
    normal_to = forms.DecimalField(
        label=gettext_lazy("The norm up to"), required=False, max_digits=14, decimal_places=3, localize=True
    )
    proof = forms.ChoiceField(
        label=gettext_lazy("File"), required=False, choices=[("", gettext_lazy("none")), *Proof.choices]
    )
    proof_rule = forms.ChoiceField(label=gettext_lazy("When it is wanted"), choices=ProofRule.choices)
    proof_count = forms.IntegerField(label=gettext_lazy("Files at least"), min_value=1, max_value=10)
    proof_from_severity = forms.ChoiceField(
        label=gettext_lazy("In any case for orders of severity"),
        required=False,
        choices=[
            ("", gettext_lazy("no, by the rule alone")),
            *((code, label) for code, label in Severity.choices if code != Severity.NORMAL),
        ],
    )

    def __init__(self, data: Any = None, *, item: InspectionItem, groups: Sequence[str]) -> None:
        super().__init__(data, initial=_initial(item))
        choices = [*((title, title) for title in groups), (NEW, _("a new one"))]
        self.fields["group"].choices = choices  # type: ignore[attr-defined]
        for prefix in ("yes", "no", *(f"choice{number}" for number in range(ROWS))):
            self.fields[f"{prefix}_normal"] = forms.BooleanField(required=False)
            self.fields[f"{prefix}_file"] = forms.BooleanField(required=False)
        for number in range(ROWS):
            self.fields[f"choice{number}"] = Line(max_length=60, required=False)
            self.fields[f"choice{number}_code"] = forms.RegexField(
                r"^[a-z0-9_-]{1,40}$", required=False, widget=forms.HiddenInput
            )

    def answer_rows(self) -> Iterator[AnswerRow]:
        for code, title in (("yes", _("Yes")), ("no", _("No"))):
            yield AnswerRow(AnswerKind.YES_NO, title, None, self[f"{code}_normal"], self[f"{code}_file"])
        for number in range(ROWS):
            name = f"choice{number}"
            yield AnswerRow(
                AnswerKind.CHOICE,
                self[name],
                self[f"{name}_code"],
                self[f"{name}_normal"],
                self[f"{name}_file"],
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("group") and not given.get("new_group"):
            raise ValidationError({"new_group": _("A group needs a title.")})
        return given

    @property
    def group_title(self) -> str:
        title: str = self.cleaned_data["new_group"] or self.cleaned_data["group"]
        return title

    def values(self) -> dict[str, Any]:
        """As the point keeps them; what does not belong to its kind of answer is left out."""
        given = self.cleaned_data
        kind = given["kind"]
        answers = self._answers(kind)
        wants_by_answer = given["proof_rule"] == ProofRule.ANSWERS
        is_number = kind == AnswerKind.NUMBER
        return {
            **{name: given[name] for name in ("title", "question", "hint", "kind", "proof", "proof_rule")},
            **{name: given[name] for name in ("proof_count", "proof_from_severity")},
            "choices": [
                {"code": code, "title": title} for code, title, _name in answers if kind == AnswerKind.CHOICE
            ],
            "normal": [code for code, _title, name in answers if given[f"{name}_normal"]],
            "proof_answers": [
                code for code, _title, name in answers if wants_by_answer and given[f"{name}_file"]
            ],
            "unit": given["unit"] if is_number else "",
            "normal_from": given["normal_from"] if is_number else None,
            "normal_to": given["normal_to"] if is_number else None,
        }

    def _answers(self, kind: str) -> list[tuple[str, str, str]]:
        """(code, title, name of the fields) of the answers that one chooses from."""
        if kind == AnswerKind.YES_NO:
            return [("yes", "", "yes"), ("no", "", "no")]
        if kind != AnswerKind.CHOICE:
            return []
        given = self.cleaned_data
        names = [f"choice{number}" for number in range(ROWS) if given.get(f"choice{number}")]
        taken = {given[f"{name}_code"] for name in names}
        free = (code for number in range(1, 2 * ROWS + 1) if (code := f"answer{number}") not in taken)
        return [(given[f"{name}_code"] or next(free), given[name], name) for name in names]


def _initial(item: InspectionItem) -> dict[str, Any]:
    names = (
        *("title", "question", "hint", "kind", "unit", "normal_from", "normal_to"),
        *("proof", "proof_rule", "proof_count", "proof_from_severity"),
    )
    initial = {name: getattr(item, name) for name in names}
    initial["group"] = item.group_title
    for code in ("yes", "no"):
        initial |= {f"{code}_normal": code in item.normal, f"{code}_file": code in item.proof_answers}
    for number, choice in enumerate(item.choices[:ROWS]):
        code, name = str(choice["code"]), f"choice{number}"
        initial |= {
            name: choice["title"],
            f"{name}_code": code,
            f"{name}_normal": code in item.normal,
            f"{name}_file": code in item.proof_answers,
        }
    return initial
