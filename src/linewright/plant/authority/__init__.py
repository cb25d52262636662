"""Authority: whether one command may be written now. Nothing else decides it.

Hides the order in which rules are asked. `connect` calls `authorise` before each write and
`reserve` before the write goes out; everybody else may ask what would be decided. Authority is
the intersection of a grant, given by a signed-in person, with the plant file's ceiling, under
what the machine permits at this moment. No part of this is a safety function.

Every rule is a row of `CHECKS`; the first that speaks gives the reason. The
order: what nobody can allow, the stop, the people at the machine, the machine's permits, the
command itself, the grant, its limits. Two columns say which rules also hold for an undo, and
which call a person.

==  =====================  ====  ========  =====================================================
 n  reason                 undo  escalate  refused when
==  =====================  ====  ========  =====================================================
 1  forbidden_action       yes   yes       it would start, resume, jog, home or reset a machine
 2  stopped                yes   no        automatic actions are stopped
 3  stop_unconfirmed       yes   no        the stop was not confirmed for 5 s
 4  permits_elsewhere      yes   no        the permits are those of another machine
 5  locked_out             yes   yes       a person has locked the station out
 6  guard_open             yes   yes       a guard is open
 7  maintenance            yes   yes       the machine is under maintenance
 8  set_up                 yes   yes       the machine is being set up
 9  permit_missing         yes   no        a signal that it needs was never heard
10  permit_stale           yes   no        such a signal is older than 5 s
11  permit_refused         yes   no        not enabled for remote, not automatic, or a permit is no
12  command_expired        yes   no        its time is over
13  expiry_too_far         yes   no        it would stay valid for more than an hour
14  not_in_plant           yes   no        the plant file has no such command, or of another kind
15  wrong_site_kind        yes   no        command, grant, ceiling and site: real and simulated mix
16  value_invalid          yes   no        no value, no finite number, or a negative cost
17  no_grant               yes   no        there is no grant
18  wrong_grant            yes   no        the command names another grant
19  grant_unconfirmed      yes   no        the grant was not confirmed for 5 s
20  plant_rev_mismatch     yes   no        command or grant is for another plant revision
21  usage_unknown          yes   no        what was used of the grant is not known
22  undo_not_reserved      only  no        no act has reserved exactly this undo
23  repeated               no    no        this command was reserved before: read back instead
24  grant_not_yet_valid    no    no        the grant begins later
25  grant_revoked          no    no        the grant was ended by a person
26  grant_expired          no    no        the grant, or its longest time by the ceiling, is over
27  role_not_allowed       no    no        the ceiling does not let that role grant this
28  wrong_person           no    no        a person uses the grant of another
29  wrong_command          no    no        the grant is for another single command
30  action_not_granted     no    no        the grant does not name this kind of action
31  address_not_granted    no    no        the grant does not reach this address
32  above_ceiling          yes   no        the value is outside the ceiling
33  outside_validated      yes   no        the value is outside the validated window
34  step_too_large         yes   no        the change is too large, or the present value unknown
35  value_not_granted      no    no        the value is outside the grant
36  mode_too_low           no    no        grant and ceiling only let it observe or advise
37  not_confirmed          no    no        nobody has confirmed this command
38  role_not_confirmed     no    no        nobody in the role that must confirm it has
39  count_used_up          no    no        as many acts as allowed were done
40  rate_exceeded          no    no        too many acts in the hour
41  currency_mismatch      no    no        cost and limit are in different currencies
42  money_used_up          no    no        it would cost more than is left
==  =====================  ====  ========  =====================================================

An undo writes back exactly what an act has reserved, so limits of the grant do not hold for it,
not even its end; those of the machine, of people at it and of the stop always do.

>>> from linewright.plant.records.examples import authority_example
>>> authorise(**authority_example()).reason.value
'allowed'
"""

from linewright.plant.authority.ceilings import ceiling_of
from linewright.plant.authority.checks import FRESH_NS, Check, DecisionReason
from linewright.plant.authority.decision import CHECKS, Decision, authorise, reserve
from linewright.plant.authority.machine import COMMAND_LIFE_MAX_NS
from linewright.plant.records.grants import (
    Act,
    Ceiling,
    Confirmation,
    Grant,
    Limit,
    Mode,
    NamedPermit,
    Permits,
    Reading,
    Signal,
    Undo,
    Usage,
)

__all__ = [
    "CHECKS",
    "COMMAND_LIFE_MAX_NS",
    "FRESH_NS",
    "Act",
    "Ceiling",
    "Check",
    "Confirmation",
    "Decision",
    "DecisionReason",
    "Grant",
    "Limit",
    "Mode",
    "NamedPermit",
    "Permits",
    "Reading",
    "Signal",
    "Undo",
    "Usage",
    "authorise",
    "ceiling_of",
    "reserve",
]
