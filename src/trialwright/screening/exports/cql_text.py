"""Texts of CQL: strings and names that nothing in a criterion can break out of, and the functions
that the exported library calls.
"""

import re
from decimal import Decimal

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Characters without a shape that turn the direction of what follows: they would show a comment as
# code, or code as a comment, to whoever reviews the library.
_UNSEEN = re.compile(r"[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_LONGEST_NAME = 120
_PLACES = 8  # decimal places that CQL's Decimal holds
_MOST = Decimal("1e20")


def string(text: str) -> str:
    r"""Return a string literal.

    >>> string("it's\n")
    "'it\\'s '"
    """
    return f"'{_escaped(text, chr(39))}'"


def name(text: str) -> str:
    """Return a quoted name.

    >>> name('say "hi"')
    '"say \\\\"hi\\\\""'
    """
    return f'"{_escaped(text[:_LONGEST_NAME], chr(34))}"'


def comment(text: str) -> str:
    """Return one line of comment: no line break in the text survives, nothing that turns it round.

    >>> comment("a" + chr(10) + "define x: true")
    '// a define x: true'
    """
    return f"// {' '.join(_CONTROL.sub(' ', _UNSEEN.sub('', text)).split())}"


def decimal(value: Decimal) -> str | None:
    """Return a number literal; None for what CQL's Decimal cannot hold exactly."""
    if not value.is_finite() or abs(value) >= _MOST:
        return None
    plain = value.normalize()
    exponent = plain.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -_PLACES:
        return None
    written = f"{plain:f}"
    return written if "." in written else f"{written}.0"


def strings(texts: "list[str] | tuple[str, ...]") -> str:
    """Return a list of string literals."""
    return "{" + ", ".join(map(string, texts)) + "}"


def _escaped(text: str, quote: str) -> str:
    one_line = _CONTROL.sub(" ", text)
    escaped = one_line.replace("\\", "\\\\").replace(quote, f"\\{quote}")
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", escaped)


FUNCTIONS = """
define function "Coded"(concept FHIR.CodeableConcept, addresses List<String>, codes List<String>):
  exists (concept.coding X where X.system.value in addresses and X.code.value in codes)

define function "Below"(concept FHIR.CodeableConcept, addresses List<String>, starts List<String>):
  exists (concept.coding X
    where X.system.value in addresses and exists (starts S where StartsWith(X.code.value, S)))

define function "Counts on"(began Date, span Interval<Date>):
  Coalesce(began on or before end of span, true)

define function "Happened in"(moment Date, span Interval<Date>):
  Coalesce(moment in span, false)

define function "Began"(c FHIR.Condition):
  date from Coalesce((c.onset as FHIR.dateTime).value, (c.onset as FHIR.Period).start.value,
    c.recordedDate.value)

define function "Ended"(c FHIR.Condition):
  date from Coalesce((c.abatement as FHIR.dateTime).value, (c.abatement as FHIR.Period).end.value)

define function "Is confirmed"(c FHIR.Condition):
  c.verificationStatus is null
    or exists (c.verificationStatus.coding X where X.code.value = 'confirmed')

define function "Is over"(c FHIR.Condition):
  c.abatement is not null
    or exists (c.clinicalStatus.coding X
      where X.code.value in {'inactive', 'remission', 'resolved'})

define function "Lasted into"(c FHIR.Condition, span Interval<Date>):
  "Counts on"("Began"(c), span)
    and (not "Is over"(c) or Coalesce("Ended"(c) on or after start of span, false)
      or "Happened in"("Began"(c), span))

define function "Amount"(q FHIR.Quantity):
  if q is null or q.comparator is not null then null
  else System.Quantity { value: q.value.value, unit: Coalesce(q.code.value, q.unit.value, '1') }

define function "Measured"(o FHIR.Observation):
  date from Coalesce((o.effective as FHIR.dateTime).value, (o.effective as FHIR.Period).start.value,
    (o.effective as FHIR.instant).value)

define function "Counting"(found List<FHIR.Observation>, span Interval<Date>):
  (found) O
    where "Happened in"("Measured"(O), span) and O.status.value in {'final', 'amended', 'corrected'}

define function "Latest"(found List<FHIR.Observation>, span Interval<Date>):
  ("Counting"(found, span)) O
    where "Measured"(O) = Max(("Counting"(found, span)) X return all "Measured"(X))

define function "Agreed"(said List<Boolean>):
  case
    when Count(said) = 0 or exists (said X where X is null return all true) then null
    when AllTrue(said) then true
    when not AnyTrue(said) then false
    else null
  end

define function "Performed"(p FHIR.Procedure):
  date from Coalesce((p.performed as FHIR.dateTime).value, (p.performed as FHIR.Period).start.value)

define "All days": Interval[minimum Date, "Day"]

define "Alive":
  not (Patient.deceased is FHIR.dateTime)
    and Coalesce(not (Patient.deceased as FHIR.boolean).value, true)
""".strip()
