"""Schedules, event by event; compiled. Whole seconds and nodes.

Plans are steps of free nodes over time: ``free[i]`` from ``when[i]`` to ``when[i+1]``, the last without end.
``common`` is what others than the mode with a reserve may have of them.
"""

from heapq import heappop, heappush
from typing import Final

import numpy as np
from numpy.typing import NDArray

from millwright.simulate.compiled import compiled

Ints = NDArray[np.int64]
NEVER: Final = 1 << 60


@compiled
def place_of(key: Ints, queue: Ints, base: int, length: int, job: int) -> int:
    """Where a job belongs in a queue sorted by key, then by number."""
    low, high = base, length
    while low < high:
        middle = (low + high) // 2
        other = queue[middle]
        if key[other] < key[job] or (key[other] == key[job] and other < job):
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def insert(array: Ints, length: int, place: int, value: int) -> None:
    """Make room for a value."""
    for index in range(length, place, -1):
        array[index] = array[index - 1]
    array[place] = value


@compiled
def remove(array: Ints, length: int, place: int) -> None:
    """Close the gap of a value."""
    for index in range(place, length - 1):
        array[index] = array[index + 1]


@compiled
def split(when: Ints, free: Ints, common: Ints, steps: int, at: int) -> tuple[int, int]:
    """Begin a step at a time; its place and the number of steps."""
    low, high = 0, steps
    while low < high:
        middle = (low + high) // 2
        if when[middle] < at:
            low = middle + 1
        else:
            high = middle
    if low < steps and when[low] == at:
        return low, steps
    for index in range(steps, low, -1):
        when[index] = when[index - 1]
        free[index] = free[index - 1]
        common[index] = common[index - 1]
    when[low] = at
    free[low] = free[low - 1]
    common[low] = common[low - 1]
    return low, steps + 1


@compiled
def earliest(when: Ints, room: Ints, steps: int, nodes: int, lasts: int) -> int:
    """First time from which so many nodes are free for so long; NEVER if there is none."""
    begin = 0
    while begin < steps:
        if room[begin] < nodes:
            begin += 1
            continue
        until = when[begin] + lasts
        step = begin + 1
        while step < steps and when[step] < until and room[step] >= nodes:
            step += 1
        if step >= steps or when[step] >= until:
            return int(when[begin])
        begin = step + 1
    return NEVER


@compiled
def place_by_end(plan_end: Ints, running: int, planned: int) -> int:
    """Where a job belongs among those that run, sorted by planned end."""
    low, high = 0, running
    while low < high:
        middle = (low + high) // 2
        if plan_end[middle] < planned:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def fill(  # noqa: PLR0913, PLR0917 - numbers, as numba wants them
    when: Ints, free: Ints, common: Ints, steps: int, at: int, until: int, nodes: int
) -> int:
    """Take nodes out of a plan for a time; the new number of steps."""
    begin, steps = split(when, free, common, steps, at)
    close, steps = split(when, free, common, steps, until)
    for index in range(begin, close):
        free[index] -= nodes
        common[index] -= nodes
    return steps


@compiled
def rounded(seconds: int, resolution: int) -> int:
    """Rounded up."""
    return -(-seconds // resolution) * resolution


@compiled
def last_started(start: Ints, plan_job: Ints, running: int, stops: Ints, mode: Ints) -> int:
    """Place of the job that started last of those that may be stopped, the later in the file first."""
    found = -1
    for index in range(running):
        job = plan_job[index]
        if stops[mode[job]] == 0:
            continue
        if found < 0 or (start[job], job) > (start[plan_job[found]], plan_job[found]):
            found = index
    return found


@compiled
def schedule(  # noqa: PLR0912, PLR0913, PLR0915, PLR0917 - one loop over numbers, as numba wants it
    submit: Ints,
    nodes: Ints,
    run: Ints,
    req: Ints,
    mode: Ints,
    key: Ints,
    preempts: Ints,
    blocked: Ints,
    machine: int,
    reserve_mode: int,
    reserve: int,
    reserves: int,
    tests: int,
    interval: int,
    resolution: int,
    window: int,
) -> tuple[Ints, Ints, Ints, list[tuple[int, int]], int, int]:
    """Start times of jobs sorted by submit time.

    ``key`` orders the queue, the lowest first. ``preempts[a, b]`` is 1 if mode a stops jobs of mode b.
    ``blocked``, a row each: start, end, nodes. Returns the last and the first start of each job, how often it
    was stopped, those stopped (job, start), node-seconds lost, and the longest queue.
    """
    count = len(submit)
    start = np.full(count, -1, dtype=np.int64)
    first = np.full(count, -1, dtype=np.int64)
    stopped = np.zeros(count, dtype=np.int64)
    cut = [(0, 0)]
    cut.pop()
    lost, longest = 0, 0
    queue = np.zeros(2 * count + 66, dtype=np.int64)
    asks = np.zeros(len(queue), dtype=np.int64)  # seconds that they ask for, side by side
    widths = np.zeros(len(queue), dtype=np.int64)  # nodes of those in the queue; NEVER of one that started
    waiting, base, length = 0, 0, 0  # jobs in the queue, and the part of it that has them
    ends = [(0, 0, 0)]
    ends.pop()
    most = min(machine, count) + 2
    plan_end = np.zeros(most, dtype=np.int64)
    plan_job = np.zeros(most, dtype=np.int64)
    running = 0
    size = 3 * most + 2 * len(blocked) + 2 * min(tests, reserves, count) + 8
    when = np.zeros(size, dtype=np.int64)
    free_at = np.zeros(size, dtype=np.int64)
    common_at = np.zeros(size, dtype=np.int64)
    free = machine
    own = 0  # nodes that jobs of the mode with the reserve hold
    arrived, edge = 0, 0
    is_plain = len(blocked) == 0 and reserve == 0
    may_preempt = preempts.sum() > 0
    next_pass = NEVER
    edges = np.sort(blocked[:, :2].copy().reshape(-1))
    while True:
        now = NEVER
        if len(ends) > 0:
            now = ends[0][0]
        if arrived < count and submit[arrived] < now:
            now = submit[arrived]
        if waiting > 0 and next_pass < now:
            now = next_pass
        if waiting > 0 and edge < len(edges) and edges[edge] < now:
            now = edges[edge]
        if now == NEVER:
            break
        is_event, is_changed, new, new_place = False, False, 0, 0
        if length + 1 >= len(queue) or length - base > 2 * waiting + 64:
            full, length, base = length, 0, 0
            for place in range(full):
                if widths[place] != NEVER:
                    queue[length], widths[length] = queue[place], widths[place]
                    asks[length] = asks[place]
                    length += 1
        while edge < len(edges) and edges[edge] <= now:
            edge += 1
            is_event = True
        while len(ends) > 0 and ends[0][0] <= now:
            _, job, time = heappop(ends)
            if start[job] < 0 or stopped[job] != time:
                continue  # it was stopped before
            is_event, is_changed = True, True
            free += nodes[job]
            if mode[job] == reserve_mode:
                own -= nodes[job]
            place = place_by_end(plan_end, running, start[job] + req[job])
            while plan_job[place] != job:
                place += 1
            remove(plan_end, running, place)
            remove(plan_job, running, place)
            running -= 1
        while arrived < count and submit[arrived] <= now:
            new_place = place_of(key, queue, base, length, arrived)
            insert(queue, length, new_place, arrived)
            insert(widths, length, new_place, nodes[arrived])
            insert(asks, length, new_place, req[arrived])
            waiting += 1
            length += 1
            arrived += 1
            new += 1
            is_event = True
        longest = max(longest, waiting)
        is_backfill = reserves > 0 and (interval == 0 or now >= next_pass)
        if now >= next_pass:
            next_pass = NEVER
        taken_now = 0
        for row in range(len(blocked)):
            if blocked[row, 0] <= now < blocked[row, 1]:
                taken_now += blocked[row, 2]
        phase, place, steps, reserved, depth = 0, 0, 0, 0, 0
        shadow, extra = 0, 0
        horizon = now + window if window > 0 else NEVER
        while waiting > 0:
            chosen = -1
            if phase == 0:  # in their turn, until one can't
                job = queue[base]
                room = free - taken_now
                if mode[job] != reserve_mode:
                    room -= max(0, reserve - own)
                is_clear = True
                for row in range(len(blocked)):
                    if now < blocked[row, 0] < now + req[job]:
                        is_clear = False  # the plan decides
                if nodes[job] <= room and is_clear:
                    chosen = base
                elif may_preempt and is_clear:
                    gain = 0
                    for index in range(running):
                        if preempts[mode[job], mode[plan_job[index]]] > 0:
                            gain += nodes[plan_job[index]]
                    if room + gain >= nodes[job]:
                        while room < nodes[job]:
                            index = last_started(start, plan_job, running, preempts[mode[job]], mode)
                            victim = plan_job[index]
                            remove(plan_end, running, index)
                            remove(plan_job, running, index)
                            running -= 1
                            free += nodes[victim]
                            room += nodes[victim]
                            lost += nodes[victim] * (now - start[victim])
                            cut.append((victim, start[victim]))
                            stopped[victim] += 1
                            start[victim] = -1
                            index = place_of(key, queue, base, length, victim)
                            insert(queue, length, index, victim)
                            insert(widths, length, index, nodes[victim])
                            insert(asks, length, index, req[victim])
                            waiting += 1
                            length += 1
                        chosen = place_of(key, queue, base, length, job)
                if chosen < 0:
                    if not is_backfill or free <= 0:
                        break
                    depth = base  # the end of what is tested
                    if tests >= waiting:
                        depth = length
                    else:
                        left = tests
                        while left > 0:
                            if widths[depth] != NEVER:
                                left -= 1
                            depth += 1
                    if is_plain and reserves == 1:
                        phase, place = 1, base + 1
                        if not is_changed and new == 1 and new_place > base:
                            place, depth = new_place, min(depth, new_place + 1)  # the others were tested
                        have, index, shadow = free, 0, NEVER
                        while index < running and shadow == NEVER:
                            have += nodes[plan_job[index]]
                            if have >= nodes[job]:
                                shadow = plan_end[index]
                            index += 1
                        while index < running and plan_end[index] == shadow:
                            have += nodes[plan_job[index]]
                            index += 1
                        extra = have - nodes[job]
                        continue
                    smallest = machine + 1
                    for index in range(base, depth):
                        smallest = min(smallest, widths[index])
                    if smallest > free:
                        break
                    phase, place, steps, reserved = 2, base, 1, 0
                    when[0], free_at[0], held = now, free, own
                    common_at[0] = free - max(0, reserve - held)
                    for index in range(running):
                        at = plan_end[index]
                        if at >= horizon:
                            break
                        at = rounded(at, resolution)
                        if when[steps - 1] != at:
                            when[steps] = at
                            free_at[steps] = free_at[steps - 1]
                            steps += 1
                        free_at[steps - 1] += nodes[plan_job[index]]
                        if mode[plan_job[index]] == reserve_mode:
                            held -= nodes[plan_job[index]]
                        common_at[steps - 1] = free_at[steps - 1] - max(0, reserve - held)
                    for row in range(len(blocked)):
                        if blocked[row, 1] > now:
                            begin = max(now, blocked[row, 0])
                            steps = fill(
                                when, free_at, common_at, steps, begin, blocked[row, 1], blocked[row, 2]
                            )
                    continue
            elif phase == 1:  # EASY: the first has the only reservation, by the planned ends
                while place < depth and free > 0:
                    width = widths[place]
                    if width <= free and (width <= extra or now + asks[place] <= shadow):
                        job = queue[place]
                        chosen = place
                        break
                    place += 1
                if chosen < 0:
                    break
                if now + req[job] > shadow:
                    extra -= nodes[job]
            else:  # a reservation for each that is tested
                if place >= depth or max(free_at[0], common_at[0]) < smallest:
                    break
                if widths[place] == NEVER:
                    place += 1
                    continue
                job = queue[place]
                lasts = max(1, rounded(req[job], resolution))
                room_at = free_at if mode[job] == reserve_mode else common_at
                at = earliest(when, room_at, steps, nodes[job], lasts)
                if at == now:
                    chosen = place
                else:
                    place += 1
                    if at >= horizon or reserved >= reserves:
                        continue
                    reserved += 1
                until = rounded(at + lasts, resolution)
                steps = fill(when, free_at, common_at, steps, at, until, nodes[job])
                if chosen < 0:
                    continue
            is_changed = True
            widths[chosen] = NEVER
            waiting -= 1
            while base < length and widths[base] == NEVER:
                base += 1
            start[job] = now
            if first[job] < 0:
                first[job] = now
            free -= nodes[job]
            if mode[job] == reserve_mode:
                own += nodes[job]
            index = place_by_end(plan_end, running, now + req[job])
            insert(plan_end, running, index, now + req[job])
            insert(plan_job, running, index, job)
            running += 1
            heappush(ends, (now + min(run[job], req[job]), job, stopped[job]))
        if interval > 0 and is_event and waiting > 0 and next_pass == NEVER:
            next_pass = (now // interval + 1) * interval
    return start, first, stopped, cut, lost, longest
