"""Where each number of a model and a state stands in the working block.

The block is [head of the model][state: head, servers, the rest][model: the rest][parts] of
integers, then [state][model] of floating-point numbers. Widths are constants; how many there are
of anything, and where they stand, is in the head, so no size is ever part of a type.

Nouns. A *station* has one *server* for each of its places. A *queue* is what waits in front of
stations: a buffer, a rack, a store. A *part* is a piece, or a lot that moves as one. A *step* is
where a part is on its way, a *work* what a station does at a step. A *pool* is a crew, or
vehicles, fixtures, tools that are counted. An *upkeep* is a rule of maintenance.
"""

LINE = 8  # Numbers in a line of the cache

# Head of the model: how many, and where they stand among the integers.
SERVERS = 0
STATIONS = 1
QUEUES = 2
PRODUCTS = 3
POOLS = 4
MODES = 5
WEARS = 6
UPKEEPS = 7
SOURCES = 8
CALENDARS = 9
LOOPS = 10
ORDERS = 11
LEAVES = 12  # Places of the tournament: servers, then queues with delays, then sources
MARGIN = 13  # Free parts that one event may need
DELAYS_AT = 14  # First element of the tournament that is a queue
SOURCES_AT = 15
S_QUEUE = 16
S_PRODUCT = 17
S_POOL = 18
S_MODE = 19
S_WEAR = 20
S_UPKEEP = 21
S_SOURCE = 22
S_CALENDAR = 23
S_LOOP = 24
S_ORDER = 25
S_CHANGE = 26
S_HOLD = 27
S_NEXT = 28  # The tournament of what comes next
S_PART = 29
M_SERVER = 30
M_STATION = 31
M_QUEUE = 32
M_STEP = 33
M_WORK = 34
M_TIME = 35
M_NEED = 36
M_MODE = 37
M_WEAR = 38
M_UPKEEP = 39
M_SOURCE = 40
M_PRODUCT = 41
M_ORDER = 42
M_SETUP = 43  # Set-up matrices in ns, row by row
M_SETUP_KEY = 44  # Key of each product in each matrix
M_LIST = 45  # Numbers that others point to: alternatives, components, servers of a store
FS_QUEUE = 46
FS_PRODUCT = 47
FS_POOL = 48
FS_MODE = 49
FS_WEAR = 50
FS_CHANGE = 51
FM_STEP = 52
FM_WORK = 53
FM_TIME = 54
FM_MODE = 55
FM_WEAR = 56
FM_UPKEEP = 57
FM_SOURCE = 58
FM_QUEUE = 59
PICKS = 60  # Whether any queue chooses among its parts; 0: all are first come, first served
ELEMENTS = 61  # The number of the place as a whole in a trace
M_DELAYED = 62  # Queues with delays, in the order of their elements of the tournament
STATE = 64  # Head of the state; it stands right behind the head of the model

# Head of the state.
T = 64
BEGAN_AT = 65
SEED = 66
REPLICATION = 67
BASE = 68  # What the random streams start from
NEXT_CHANGE = 69
CHANGES = 70  # Changes ever asked for
CREATED = 71
SHIPPED = 72
SHAPE = 73  # Fingerprint of the model's addresses and names
FRESH = 74  # Whether no server has looked yet what it can do
EVENTS = 75
FREE = 76  # First free part; -1: none
FREE_COUNT = 77
CAPACITY = 78  # Parts that there is memory for
TODO_HEAD = 79
TODO_TAIL = 80
REQUEST_HEAD = 81
REQUEST_TAIL = 82
FREED = 83  # Whether people or things have become free that somebody may wait for
ESCAPED = 84
LEVEL_AT = 85  # Until when the parts inside have been summed up
HEAD = 96  # Servers of the state stand here

# A server of the state; what every cycle touches comes first.
SERVER = HEAD
PHASE = 0
WHY = 1  # What comes next: 0 the end of what it does, a mode plus 1, or one of the below
SETTLED = 2  # Until when the running stretch is in the clocks and wears
WORKED = 3  # Work ever done, ns
LOAD = 4  # First part in work; -1: none
HELD = 5  # First finished part that waits to go; -1: none
RENEW = 6  # Bits of the wears to be renewed as soon as it does not work
STRIKE = 7  # At which work ever done the next failure by operation strikes
DUE = 8  # When the next failure by the calendar strikes
BEGUN_WORKED = 9
LAST = 10  # Working time of the last whole cycle
CYCLES = 11
KEY = 12  # Key of the stream of its cycle times
PIECES = 13
GOOD = 14
REMAIN = 15  # Work left in the cycle; 0: none under way
BEGUN = 16
STRIKER = 17
DUE_BY = 18
STOPPED = 19  # Whether it has just stood for another reason: an opportunity for maintenance
LOADED = 20
WAITS_AT = 21  # Queue that it waits for to have room; -1: none
NEXT_TODO = 22
IN_TODO = 23
SINCE = 24
HELD_TAIL = 25
CAUSE = 26  # Failure mode it is down by; -1: not known, or not down
FORCED = 27  # When the failure that a change brings on now ends; 0: as drawn
SET_FOR = 28  # Product it is set up for; -1: not known
ATTEND = 29  # Work until a person who attends may go; 0: nobody attends
OFF_LEFT = 30  # Time left of a set-up that the end of working time has stopped
UPKEEP = 31  # Rule of the maintenance under way; -1: none
REQUEST = 32  # What it waits for people or things for; 0: nothing
ASKED = 33
NEXT_REQUEST = 34
NEXT_IDLE = 35
IN_IDLE = 36
NEXT_WAITER = 37
SCRAP = 38
REWORK = 39
MARKED = 40  # Parts it made bad without notice
WAITED = 41  # Time it waited for a crew, down
RESERVES = 42  # Queue in which it has reserved places; -1: none
TIMES = 43  # Nanoseconds in each phase
PHASES = 8
ENDS = 51  # When the repair or set-up under way ends; FAR: it waits for its crew
MENDED_SINCE = 52  # When the repair under way began
TOLD = 53  # Why the trace has told that it stands, plus 1; 0: it has not
OVERDUE = 54  # Pieces taken after a longer wait than their step allows
WIDTH = 56

RUNNING = 0
STARVED = 1
BLOCKED = 2
DOWN = 3
SET_UP = 4
IDLE = 5
WAITING = 6  # For people or things
UPKEPT = 7  # Under maintenance

BY_ATTENDANT = -1
BY_UPKEEP = -2

R_RUN = 1
R_REPAIR = 2
R_SET_UP = 3
R_UPKEEP = 4

# A server of the model; what every cycle touches comes first.
MS_STATION = 0
MS_QUEUE = 1  # Queue it takes from
MS_FLAGS = 2
MS_CALENDAR = 3  # -1: always open
MS_QUICK = 4  # Whether nothing about it or its queue is special
MS_ELEMENT = 5  # Its number among random streams
MS_MODE = 6
MS_MODE_END = 7
MS_WEAR = 8
MS_WEAR_END = 9
MS_UPKEEP = 10
MS_UPKEEP_END = 11
MS_WIDTH = 16

WORN = 1
NEEDY = 2  # Its cycles need people or things
PREPARED = 4  # It has set-ups
BATCHED = 8
BEFORE = 16  # Blocking before service
SLOTTED = 32
UNATTENDED = 64
UPKEPT_FLAG = 128
MOVER = 256  # It moves parts; nothing that it does is an operation
GATE = 512  # A mover that ends being away at a supplier
CAREFUL = 8 + 16  # What keeps a server from taking the first part in front of it

# A station of the model.
MT_FIRST = 0  # Its servers have the numbers from the first down
MT_COUNT = 1
MT_BATCH = 2
MT_LEAST = 3
MT_PRIORITY = 4
MT_SETUP = 5  # Where its matrix stands; -1: none
MT_SETUP_KEYS = 6  # Keys of the matrix; one more row for a fresh server
MT_SETUP_KEY = 7  # Where the keys of the products stand
MT_SETUP_NEED = 8
MT_SETUP_NEED_END = 9
MT_ELEMENT = 10  # Its number in a trace
MT_WIDTH = 11

# A station among the numbers of the state; they stand first.
SPEED = 0
FACTOR = 1
SCRAPS = 2  # Share of bad parts in place of the plant's; below 0: as the plant says
OWN = 3  # The same three without the changes that will end
PACE = 6  # Factor over speed
FST_WIDTH = 8

# A queue of the state.
COUNT = 0
FRONT = 1
BACK = 2
PLACES = 3
RESERVED = 4
WAITER = 5  # First server whose part waits for room; -1: none
IDLER = 6  # First server that had nothing to take; -1: none
LEVEL_SINCE = 7
ENTERED = 8
WAITER_TAIL = 9
IDLER_TAIL = 10
RULE = 11
IN_WORK = 12
PLACES_OWN = 13
SQ_WIDTH = 16
FSQ_AREA = 0  # Parts times ns
FSQ_WIDTH = 1

# A queue of the model.
MQ_FLAGS = 0
MQ_SOURCE = 1  # Source that never runs dry; -1: none
MQ_ELEMENT = 2  # Its number in a trace; -1: none
MQ_LEAF = 3  # Its element in the tournament; -1: nothing in it is delayed
MQ_DELAY = 4  # Family of its travel time
MQ_USERS = 5
MQ_USERS_END = 6  # Servers that take components from it
MQ_SERVERS = 7  # How many servers take from it
MQ_LOOP = 8  # Entry of a loop: parts that leave it are counted; -1: none
MQ_WIDTH = 9
FMQ_WIDTH = 3

DELAYED = 1
PICKED = 2  # Its servers choose among its parts
CHOSEN = 4  # Parts choose among it and others
STORE = 8
ENTRY = 16
SEARCHED = 1 + 2 + 16  # What keeps servers from taking its first part

FIFO = 0
EDD = 1
SPT = 2
SLACK = 3
CRITICAL_RATIO = 4
BY_SET_UP = 5

# A part; what every cycle touches comes first.
NEXT = 0
STEP = 1  # Where it is on its way; finished: -1 less the number of its product
SIZE = 2  # Pieces in it
ENTERED_AT = 3
RETURNS = 4
"""Whether it is on its way back: it needs no place in queue or loop until it is done again."""
READY_AT = 5
BORN = 6
DUE_AT = 7
PRIORITY = 8
MARK = 9  # Whether it is bad without anyone knowing
UNIT = 10
ORDER = 11
SENT_BY = 12  # Step that sent it back for rework last; -1: none
TRIPS = 13  # How often that step sent it back
COUNTED = 14  # Bits of the loops of its product in which it is counted
IN_LINE = 1
IN_STORE = 2
ENDED_AT = 15  # When its last step ended, or it came into being
PART_WIDTH = 16

# A step; what every cycle touches comes first.
MP_SHORT = 0
"""Queue of the next step, where nothing but room decides whether a part gets there; or below."""
LONG = -1  # More decides about it
LEAVES_NOW = -2  # The part is finished
MP_PLAIN = 1  # Time of its only work, where that is all there is to it; else -1
MP_AFTER = 2  # The next step; -1: the part is finished
MP_PRODUCT = 3
MP_WORK = 4
MP_WORK_END = 5
MP_QUEUE = 6  # Queue in front of it, the only one; -1: several, or it leaves
MP_WAIT = 7  # Family of the wait after it; -1: none
MP_DEST = 8
MP_DEST_END = 9
MP_REWORK = 10  # The step that bad parts go to; -1: none
MP_LIMIT = 11
MP_TAKE = 12
MP_TAKE_END = 13  # Components: queue, amount
MP_GIVE = 14
MP_GIVE_END = 15  # What it becomes: first step, amount
MP_ELEMENT = 16  # Its number among random streams
MP_LEFT = 17  # Whether the line in whose loop its product is lies behind it for good
MP_QUEUE_LIMIT = 18  # Longest wait before it, ns; 0: none
MP_TIMED = 19  # Whether the next one has such a limit, also after being moved there
MP_WIDTH = 24
FMP_WAIT = 0
FMP_MEAN_S = 3  # Mean time of a piece here
FMP_REST_S = 4  # Mean time of a piece from here to the end
FMP_WIDTH = 5

# A work: a step at a station.
MW_STATION = 0
MW_TIME = 1
MW_TIME_END = 2
MW_ATTEND = 3  # How long a person attends, ns
MW_NEED = 4
MW_NEED_END = 5
MW_ATTEND_NEED = 6
MW_ATTEND_NEED_END = 7
MW_PIECES = 8  # Pieces of a lot that one cycle takes
MW_JUDGED = 9  # Whether any of its shares is above 0
MW_WIDTH = 10
FMW_SCRAP = 0
FMW_REWORK = 1
FMW_DEFECTS = 2
FMW_DETECTS = 3
FMW_FALSE = 4
FMW_SUCCEEDS = 5
FMW_WIDTH = 6

# A time that is part of a work: family, and whether it is for each piece.
MD_FAMILY = 0
MD_PER_PIECE = 1
MD_WIDTH = 2
FMD_WIDTH = 3

# A need: how many thousandths, and of which pools, any one.
MN_AMOUNT = 0
MN_POOL = 1
MN_POOL_END = 2
MN_WIDTH = 3
HOLDS = 6  # What a server may hold at once; the last place is for the person who attends
HOLD_WIDTH = 2 * HOLDS

# A pool of the state.
PRESENT = 0
USED_NOW = 1
USED_SINCE = 2
PRESENT_OWN = 3
SP_WIDTH = 4
FSP_AREA = 0
FSP_PRESENT = 1
FSP_WIDTH = 2
MILLI = 1000

# A failure mode of the model.
MM_SERVER = 0
MM_CLOCK = 1
MM_CAUSES = 2  # Bits of the wears of its station that cause it
MM_LIFE = 3
MM_REPAIR = 4
MM_NEED = 5
MM_NEED_END = 6
MM_EFFECT = 7
MM_EFFECT_END = 8  # What it brings on: mode, how likely in 1e-9, row of the delay among the times
MM_WIDTH = 9
FMM_LIFE = 0
FMM_REPAIR = 3
FMM_WIDTH = 6

OPERATION = 0
CALENDAR_CLOCK = 1
BY_WEAR = 2  # It strikes when the life used of a wear passes a random limit
BY_CHANGE = 3  # Nothing in the model brings it on; a change can

# A failure mode of the state.
FAILURES = 0
DRAWS = 1
WHEN = 2  # When a calendar clock strikes, or at which work ever done an operation clock does
ARMED = 3  # Work ever done when it was armed
STRUCK = 4  # Its turn among the modes that wait for repair or are in it; 0: it is in order
FAILED_UNTIL = 5  # When its repair ends, by a change; 0: as drawn
BROUGHT_ON = 6  # When another mode will have brought it on; 0: none is about to
SM_WIDTH = 7
LEFT = 0  # Own time left of a clock that wear drives, or the limit of a mode by wear
AGE = 1
FSM_WIDTH = 2

# A wear of the model.
MR_SERVER = 0
MR_CHANGE = 1
MR_WIDTH = 2
FMR_LIFE_S = 0
FMR_EXPONENT = 1
FMR_SLOWS = 2
FMR_SCRAPS = 3
FMR_FAILS = 4
FMR_CHANGE = 5
FMR_WIDTH = 8

# A wear of the state.
RENEWALS = 0
SW_WIDTH = 1
USED = 0
FASTER = 1
FASTER_OWN = 2
RATE = 3  # Life used in a second of work
FSW_WIDTH = 4

# An upkeep.
MU_SERVER = 0
MU_CLOCK = 1
MU_MODES = 2  # Bits of the modes it makes new, from the first of its server
MU_WEARS = 3
MU_TAKES = 4
MU_NEED = 5
MU_NEED_END = 6
MU_KIND = 7  # 1: a change of a tool, told as a set-up
MU_WIDTH = 8
FMU_EVERY_NS = 0
FMU_AT = 1
FMU_OPPORTUNITY = 2
FMU_TAKES = 3
FMU_WIDTH = 6
DONE = 0
DONE_AT = 1  # Work ever done, or plant time, at the last one
SU_WIDTH = 2
NEVER = 0

# A source.
ML_KIND = 0
ML_QUEUE = 1
ML_PRODUCT = 2  # Products by turns, in the list: product, weight in thousandths, pieces of a lot
ML_PRODUCT_END = 3
ML_FAMILY = 4
ML_ORDER = 5
ML_ORDER_END = 6
ML_ELEMENT = 7  # Number in a trace of the place at which its parts come into being
ML_WIDTH = 8
FML_WIDTH = 3
ENDLESS = 0
ARRIVALS = 1
ORDERED = 2
MADE = 0  # Releases so far
NOW_MAKING = 1
OF_LOT = 2  # Pieces left of the lot
CURSOR = 3
PIECE = 4
SL_WIDTH = 5

# A product.
MO_STEP = 0
MO_LOOP = 1  # Loop of the line it begins in; -1: none
MO_HELD = 2  # Loop of its store; -1: none
MO_PRIORITY = 3
MO_LEAD = 4
MO_STORE = 5  # Queue of finished ones that others take; -1: they leave
MO_SIZE = 6  # Pieces in a part of it
MO_WIDTH = 7
PR_RELEASED = 0
PR_SHIPPED = 1
PR_SCRAPPED = 2
PR_ESCAPED = 3
PR_LATE = 4
PR_PARTS = 5
SO_WIDTH = 6
FSO_FLOW = 0  # Sum of times from release to the end, s
FSO_FLOW2 = 1
FSO_WIDTH = 2

# A loop: parts that may be inside at once.
IN_LOOP = 0
LOOP_LIMIT = 1
LOOP_QUEUE = 2  # Entry whose servers look again when a part has left; -1: any with material
LOOP_OWN = 3
SLP_WIDTH = 4

# An order.
MX_T = 0
MX_PRODUCT = 1
MX_PIECES = 2
MX_DUE = 3
MX_PRIORITY = 4
MX_SIZE = 5
MX_WIDTH = 6
X_LEFT = 0
X_GOOD = 1
X_DONE_AT = 2
SX_WIDTH = 3

# A change of the state.
CHANGES_MAX = 32
"""Changes that may be pending or in force at once: a case has some four, a scenario ten."""
STATUS = 0
AT = 1
UNTIL = 2
PARAMETER = 3
TARGET = 4
CHANGED_AS = 5  # Its number among all changes ever asked for
SC_WIDTH = 6
FREE_ENTRY = 0
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
P_PLACES = 7
P_PEOPLE = 8
P_WIP = 9
P_RULE = 10

# Turns: until when, events at most, how many follow, then time, what, number, value of each.
TURNS = 3
TURN_WIDTH = 4
OF_CALENDAR = 0
OF_POOL = 1

# Purposes of random streams; an element is a server, mode, wear, step or source by its number.
CYCLE = 0
SCRAPPING = 1
LIFE = 2
REPAIR = 3
LIMIT = 4
CHANGING = 5
ELAPSED = 6  # What is unknown of a duration under way
MARKING = 7
INSPECTING = 8
TRAVEL = 9
RELEASE = 10
MIX = 11
UPKEEPING = 12
WAIT = 13
LEADING = 14
DELAYING = 15

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
K_REWORKED = 13
K_SHIPPED = 14
K_CALENDAR = 15
K_CHANGED = 16
K_RENEWED = 17
K_STANDS = 18
K_GOES_ON = 19

# Why a station stands, as its trace says.
FOR_TIME = 0
FOR_PEOPLE = 1
FOR_KEEPERS = 2

# A ring: capacity, entries ever written, then the entries: time, kind, element, value, unit.
RING_HEAD = 2
RING_WIDTH = 5

NS = 1_000_000_000
LONGEST_S = 3.0e9  # Longest duration, some 95 years; whatever is drawn beyond ends there
LIMIT_SHAPE = 12.0
LIMIT_SCALE = 1.05
"""A tool breaks when its life used passes a Weibull number of this shape and scale."""

# What `advance` says when it stops.
REACHED = 0
FULL = 1  # More parts are needed than there is memory for; give more and go on
WEARY = 2  # So many events at once that something goes round without end
