"""People and things that are counted: crews, vehicles, fixtures, tools; plain functions.

A server gets all that it needs at one instant or nothing, so nobody waits for what another
holds. Arguments as in `clocks`; `needs` is a range of needs of the model.
"""

from linewright.numeric import Floats, Ints
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import fixed, server


def pool(s: Ints, k: int) -> int:
    """Return where a pool of the state stands among the integers."""
    return s[at.S_POOL] + k * at.SP_WIDTH


def sum_up(s: Ints, f: Floats, t: int, k: int) -> None:
    """Sum up how much of a pool was present and in use until now."""
    b = pool(s, k)
    dt = float(t - s[b + at.USED_SINCE])
    x = s[at.FS_POOL] + k * at.FSP_WIDTH
    f[x + at.FSP_AREA] += float(s[b + at.USED_NOW]) * dt
    f[x + at.FSP_PRESENT] += float(s[b + at.PRESENT]) * dt
    s[b + at.USED_SINCE] = t


def use(s: Ints, f: Floats, t: int, k: int, amount: int) -> None:
    """Take thousandths of a pool, or give them back when below 0."""
    sum_up(s, f, t, k)
    s[pool(s, k) + at.USED_NOW] += amount
    if amount < 0:
        s[at.FREED] = 1


def grab(s: Ints, f: Floats, t: int, i: int, needs: tuple[int, int, int]) -> bool:
    """Take all that is needed, or nothing; return whether it was there.

    Parameters
    ----------
    needs
        First and end of the needs, and the place among the holds to begin with.
    """
    first, end, place = needs
    h = s[at.S_HOLD] + i * at.HOLD_WIDTH + 2 * place
    for n in range(first, end):
        need = s[at.M_NEED] + n * at.MN_WIDTH
        amount = s[need + at.MN_AMOUNT]
        found = -1
        for k in range(s[need + at.MN_POOL], s[need + at.MN_POOL_END]):
            each = s[s[at.M_LIST] + k]
            b = pool(s, each)
            if found < 0 and s[b + at.PRESENT] - s[b + at.USED_NOW] >= amount:
                found = each
        if found < 0:
            for back in range(first, n):
                hold = h + 2 * (back - first)
                b = pool(s, s[hold])
                s[b + at.USED_NOW] -= s[hold + 1]
                s[hold] = -1
            return False
        sum_up(s, f, t, found)
        s[pool(s, found) + at.USED_NOW] += amount
        s[h + 2 * (n - first)] = found
        s[h + 2 * (n - first) + 1] = amount
    return True


def give_back(s: Ints, f: Floats, t: int, i: int, first: int) -> None:
    """Give back what a server holds, from a place of its holds on."""
    for n in range(first, at.HOLDS):
        h = s[at.S_HOLD] + i * at.HOLD_WIDTH + 2 * n
        if s[h] >= 0:
            use(s, f, t, s[h], -s[h + 1])
            s[h] = -1


def ask(s: Ints, t: int, i: int, what: int) -> None:
    """Put a server among those who wait for people or things."""
    b = server(i)
    s[b + at.REQUEST] = what
    s[b + at.ASKED] = t
    s[b + at.NEXT_REQUEST] = -1
    if s[at.REQUEST_HEAD] < 0:
        s[at.REQUEST_HEAD] = i
    else:
        s[server(s[at.REQUEST_TAIL]) + at.NEXT_REQUEST] = i
    s[at.REQUEST_TAIL] = i


def asks(s: Ints, t: int, i: int, what: tuple[int, int]) -> bool:
    """Have a server ask for what it needs for something; return whether it needs anything."""
    first, end = needs_of(s, i, what[0], what[1])
    attended = what[0] == at.R_RUN and s[server(i) + at.ATTEND] > 0
    if first == end and not attended:
        return False
    ask(s, t, i, what[0])
    s[at.FREED] = 1
    return True


def withdraw(s: Ints, i: int) -> None:
    """Take a server from among those who wait."""
    b = server(i)
    if s[b + at.REQUEST] == 0:
        return
    before = -1
    k = s[at.REQUEST_HEAD]
    while k != i:
        before = k
        k = s[server(k) + at.NEXT_REQUEST]
    after = s[b + at.NEXT_REQUEST]
    if before < 0:
        s[at.REQUEST_HEAD] = after
    else:
        s[server(before) + at.NEXT_REQUEST] = after
    if after < 0:
        s[at.REQUEST_TAIL] = before
    s[b + at.REQUEST] = 0


def needs_of(s: Ints, i: int, what: int, work: int) -> tuple[int, int]:
    """Return the range of needs of what a server wants to do."""
    b = server(i)
    if what == at.R_REPAIR:
        j = s[b + at.CAUSE]
        mode = s[at.M_MODE] + j * at.MM_WIDTH
        return s[mode + at.MM_NEED], s[mode + at.MM_NEED_END]
    if what == at.R_UPKEEP:
        rule = s[at.M_UPKEEP] + s[b + at.UPKEEP] * at.MU_WIDTH
        return s[rule + at.MU_NEED], s[rule + at.MU_NEED_END]
    if what == at.R_SET_UP:
        station = s[at.M_STATION] + s[fixed(s, i) + at.MS_STATION] * at.MT_WIDTH
        return s[station + at.MT_SETUP_NEED], s[station + at.MT_SETUP_NEED_END]
    k = s[at.M_WORK] + work * at.MW_WIDTH
    return s[k + at.MW_NEED], s[k + at.MW_NEED_END]


def obtain(s: Ints, f: Floats, t: int, i: int, what: tuple[int, int]) -> bool:
    """Take what a server wants for something; `what`: for what, and the work; or leave it."""
    first, end = needs_of(s, i, what[0], what[1])
    if not grab(s, f, t, i, (first, end, 0)):
        return False
    if what[0] == at.R_RUN and s[server(i) + at.ATTEND] > 0:
        k = s[at.M_WORK] + what[1] * at.MW_WIDTH
        needs = (s[k + at.MW_ATTEND_NEED], s[k + at.MW_ATTEND_NEED_END], at.HOLDS - 1)
        if not grab(s, f, t, i, needs):
            give_back_quietly(s, f, t, i)
            return False
    return True


def give_back_quietly(s: Ints, f: Floats, t: int, i: int) -> None:
    """Give back what was taken at this very instant: nobody need look again."""
    freed = s[at.FREED]
    give_back(s, f, t, i, 0)
    s[at.FREED] = freed
