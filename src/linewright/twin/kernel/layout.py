"""Where each number of a line stands in its block, for the model and for the state.

A working block is [integers of the model][integers of the state][numbers of the model][numbers
of the state]. Widths are constants; how many stations, modes and wears there are stands in the
head, so no size is ever part of a type.
"""

# Head of the model: counts, and where things stand.
STATIONS = 0
MODES = 1
WEARS = 2
M_MODE = 3
M_WEAR = 4
STATE = 5
"""Head of the state, among the integers."""
S_STATION = 6
S_MODE = 7
S_WEAR = 8
S_BUFFER = 9
S_CHANGE = 10
S_NEXT = 11
FM_MODE = 12
FM_WEAR = 13
FS_STATION = 14
FS_MODE = 15
FS_WEAR = 16
FS_CHANGE = 17
PLACES = 18
"""Places of the tournament of what is next."""
M_STATION = 19
"""Stations of the model stand right behind its head."""

# A station of the model.
MS_PLACES = 0
"""Places of the buffer behind it."""
MS_FAMILY = 1
MS_MODE = 2
MS_MODE_END = 3
MS_WEAR = 4
MS_WEAR_END = 5
MS_WIDTH = 6
FMS_SCRAPS = 3
"""Share of bad parts; before it the three parameters of its cycle time."""
FMS_WIDTH = 4
"""Stations stand first among the numbers of the model."""

# A failure mode of the model.
MM_STATION = 0
MM_CLOCK = 1
MM_CAUSES = 2
"""Bits of the wears of its station that cause it."""
MM_LIFE = 3
MM_REPAIR = 4
MM_WIDTH = 5
FMM_LIFE = 0
FMM_REPAIR = 3
FMM_WIDTH = 6

OPERATION = 0
CALENDAR_CLOCK = 1
BY_WEAR = 2
"""It strikes when the life used of a wear passes a random limit."""
BY_CHANGE = 3
"""Nothing in the model brings it on; a change can."""

# A wear of the model.
MW_STATION = 0
MW_CHANGE = 1
MW_WIDTH = 2
FMW_LIFE_S = 0
FMW_EXPONENT = 1
FMW_SLOWS = 2
FMW_SCRAPS = 3
FMW_FAILS = 4
FMW_CHANGE = 5
FMW_WIDTH = 8

# Head of the state.
T = 0
BEGAN_AT = 1
SEED = 2
REPLICATION = 3
BASE = 4
"""What the random streams start from."""
OPEN = 5
NEXT_CHANGE = 6
CHANGES = 7
"""Changes ever asked for."""
CREATED = 8
SHIPPED = 9
SHAPE = 10
"""Fingerprint of the model's addresses and names."""
FRESH = 11
"""Whether no station has looked yet what it can do."""
HEAD = 12

# A station of the state.
PHASE = 0
SINCE = 1
SETTLED = 2
"""Until when the running stretch is in the clocks and wears."""
REMAIN = 3
"""Work left in the cycle; 0: none under way."""
WORKED = 4
HELD = 5
"""Whether a finished part waits on it."""
CYCLES = 6
GOOD = 7
SCRAP = 8
CAUSE = 9
"""Failure mode it is down by; -1: not known, or not down."""
WHY = 10
"""What comes next: 0 the end of what it does, else the number of a failure mode plus 1."""
RENEW = 11
"""Bits of the wears to be renewed as soon as it does not work."""
LAST = 12
"""Working time of the last whole cycle."""
BEGUN = 13
FORCED = 14
"""When the repair of a failure by a change ends; 0: as drawn."""
TIMES = 15
"""Nanoseconds in each phase."""
SS_WIDTH = 21
SPEED = 0
FACTOR = 1
SCRAPS = 2
OWN = 3
"""The same three without the changes that will end."""
FSS_WIDTH = 6

RUNNING = 0
STARVED = 1
BLOCKED = 2
DOWN = 3
SET_UP = 4
IDLE = 5

# A failure mode of the state.
FAILURES = 0
DRAWS = 1
DUE = 2
"""When a calendar clock strikes."""
SM_WIDTH = 3
LEFT = 0
"""Own time left of an operation clock, or the limit of a mode by wear."""
AGE = 1
FSM_WIDTH = 2

# A wear of the state.
RENEWALS = 0
SW_WIDTH = 1
USED = 0
FASTER = 1
FASTER_OWN = 2
RATE = 3
"""Life used in a second of work."""
FSW_WIDTH = 4

# A change of the state.
CHANGES_MAX = 32
"""Changes that may be pending or in force at once: a case has some four, a scenario ten."""
STATUS = 0
AT = 1
UNTIL = 2
PARAMETER = 3
TARGET = 4
ORDER = 5
SC_WIDTH = 6
FREE = 0
PENDING = 1
ACTIVE = 2

# Parameters of a change; the first three are those of a station, in the order of its numbers.
P_SPEED = 0
P_FACTOR = 1
P_SCRAPS = 2
P_FASTER = 3
P_USED = 4
P_FAIL = 5
P_RENEW = 6

# Purposes of random streams; an element is a station, mode or wear by its number.
CYCLE = 0
SCRAPPING = 1
LIFE = 2
REPAIR = 3
LIMIT = 4
CHANGING = 5
ELAPSED = 6
"""What is unknown of a duration under way."""

# Kinds of the trace, as in `linewright.plant.records.TraceKind`.
K_BEGAN = 1
K_ENDED = 2
K_BLOCKED = 3
K_STARVED = 4
K_FAILED = 5
K_REPAIRED = 6
K_SET_UP_BEGAN = 7
K_SET_UP_ENDED = 8
K_ENTERED = 9
K_LEFT = 10
K_CREATED = 11
K_SCRAPPED = 12
K_SHIPPED = 14
K_CALENDAR = 15
K_CHANGED = 16
K_RENEWED = 17

# A ring: capacity, entries ever written, then the entries.
RING_HEAD = 2
RING_WIDTH = 4

NS = 1_000_000_000
LONGEST_S = 3.0e9
"""Longest duration, some 95 years; whatever is drawn beyond ends there."""
LIMIT_SHAPE = 12.0
LIMIT_SCALE = 1.05
"""A tool breaks when its life used passes a Weibull number of this shape and scale."""
