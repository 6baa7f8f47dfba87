//! The commission rules once more, as a person with a pencil would work them out: whole numbers only, one step at a time, nothing shared with the real rules,
//! not even a type. Slow on purpose, and for tests only; those of the services read this file too.

/// Fractions are counted in this part of a minor unit: a rate in millionths of a monthly value in 360ths, which every period that the tests use divides.
pub const MONTHLY: i128 = 360;
pub const MILLION: i128 = 1_000_000;

/// A plan. Rates and shares are in millionths, amounts in minor units, months counted from January of year 0.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub rate: i128,
    /// From which monthly value on, at which rate; empty where the deal's currency has none.
    pub tiers: Vec<(i128, i128)>,
    pub months: Option<i32>,
    pub cap: Option<i128>,
    pub bonus: i128,
    /// Empty: one partner has all.
    pub shares: Vec<i128>,
}

/// What the client is charged from a month on; every so many months, or once.
#[derive(Clone, Debug)]
pub struct Terms {
    pub from: i32,
    pub value: i128,
    pub period: Option<i128>,
}

/// A won deal. Days are a month and the day in it.
#[derive(Clone, Debug, Default)]
pub struct Deal {
    pub start: (i32, u32),
    pub end: Option<(i32, u32)>,
    pub terms: Vec<Terms>,
    /// The monthly value won before, in 360ths.
    pub standing: i128,
    pub paid_until: Option<i32>,
}

/// A month of a deal: m in 360ths, the amount of its line, and how the partners share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub month: i32,
    pub base: i128,
    pub amount: i128,
    pub parts: Vec<i128>,
}

/// The nearest whole number to `top ÷ bottom`, found by walking; of two that are equally near, the even one.
pub fn nearest(top: i128, bottom: i128) -> i128 {
    let mut whole = top / bottom - 2;
    while (whole + 1) * bottom <= top {
        whole += 1;
    }
    let (below, above) = (top - whole * bottom, (whole + 1) * bottom - top);
    if above < below || (above == below && whole % 2 != 0) {
        return whole + 1;
    }
    whole
}

/// Shares an amount out: what all partners up to one have together is rounded.
pub fn parts_of(amount: i128, shares: &[i128]) -> Vec<i128> {
    let together = |count| nearest(amount * shares[..count].iter().sum::<i128>(), MILLION);
    (0..shares.len())
        .map(|place| together(place + 1) - together(place))
        .collect()
}

/// rate·m in millionths of 360ths: walks from border to border through the tiers, and takes each stretch at the rate that holds there.
fn commission(plan: &Plan, standing: i128, base: i128, once: bool) -> i128 {
    let rate_at = |at: i128| {
        let mut passed = plan.tiers.iter().filter(|tier| tier.0 * MONTHLY <= at);
        passed.next_back().or(plan.tiers.first()).map(|tier| tier.1)
    };
    let Some(first) = rate_at(standing) else {
        return plan.rate * base;
    };
    if once || base <= 0 {
        return first * base;
    }
    let (mut at, mut sum) = (standing, 0);
    while at < standing + base {
        let borders = plan.tiers.iter().map(|tier| tier.0 * MONTHLY);
        let next = borders.filter(|border| *border > at).min();
        let until = next.map_or(standing + base, |next| next.min(standing + base));
        sum += (until - at) * rate_at(at).unwrap_or(first);
        at = until;
    }
    sum
}

/// The last month that has a line.
fn last_month(plan: &Plan, deal: &Deal, horizon: i32) -> i32 {
    let mut last = plan
        .months
        .map_or(horizon, |months| deal.start.0 + months - 1);
    if let Some(paid_until) = deal.paid_until {
        last = last.min(paid_until);
    }
    match deal.end {
        Some(end) if end <= deal.start => deal.start.0 - 1,
        // An end on the first leaves the month before as the last.
        Some((month, 1)) => last.min(month - 1),
        Some((month, _)) => last.min(month),
        None => last,
    }
}

/// The bonus, which is no more than the cap.
pub fn bonus(plan: &Plan) -> i128 {
    plan.cap.map_or(plan.bonus, |cap| plan.bonus.min(cap))
}

/// All lines of a deal up to a month.
pub fn lines(plan: &Plan, deal: &Deal, horizon: i32) -> Vec<Row> {
    let (mut rows, mut given, mut sum) = (Vec::new(), bonus(plan), 0);
    let mut before_was_once = false;
    for month in deal.start.0..=last_month(plan, deal, horizon) {
        let mut place = 0;
        for (other, terms) in deal.terms.iter().enumerate() {
            if terms.from <= month {
                place = other;
            }
        }
        let terms = &deal.terms[place];
        let once = terms.period.is_none();
        let once_again = once && before_was_once;
        before_was_once = once;
        if once_again {
            continue;
        }
        let base = terms.value * MONTHLY / terms.period.unwrap_or(1);
        let monthly = commission(plan, deal.standing, base, once);
        let rounded = |sum| nearest(sum, MILLION * MONTHLY);
        let mut amount = rounded(sum + monthly) - rounded(sum);
        sum += monthly;
        if let Some(cap) = plan.cap {
            while amount > 0 && given + amount > cap {
                amount -= 1;
            }
        }
        given += amount;
        rows.push(Row {
            month,
            base,
            amount,
            parts: parts_of(amount, &plan.shares),
        });
    }
    rows
}

/// What each of several deals has of what an invoice collected, net: the money is given out unit by unit of the net, in their order.
pub fn collected(net: i128, cash: i128, total: i128, shares: &[i128]) -> Vec<i128> {
    let (mut through, mut given, mut parts) = (0, 0, Vec::new());
    for share in shares {
        through = (through + share.max(&0)).min(net);
        let now = nearest(through * cash, total);
        parts.push(now - given);
        given = now;
    }
    parts
}

/// How many months are covered, how many units of which payment (by its place) went to which month, and how many units no month needs.
pub fn cover(
    bases: &[i128],
    payments: &[i128],
    tolerance: i128,
) -> (usize, Vec<(usize, usize, i128)>, i128) {
    let mut units: Vec<usize> = Vec::new();
    for (place, payment) in payments.iter().enumerate() {
        units.extend((0..*payment).map(|_| place));
    }
    // What went back is taken from the youngest money.
    let total: i128 = payments.iter().sum();
    units.truncate(total.max(0) as usize);
    let mut units = units.into_iter();
    let (mut covered, mut all_before, mut sum, mut poured) = (0, true, 0, 0);
    let mut fills: Vec<(usize, usize, i128)> = Vec::new();
    for (month, base) in bases.iter().enumerate() {
        sum += base;
        all_before &= total * MONTHLY * MILLION >= sum * MILLION - tolerance * base;
        covered += usize::from(all_before);
        while poured < nearest(sum, MONTHLY) {
            let Some(payment) = units.next() else { break };
            match fills.last_mut() {
                Some(last) if (last.0, last.1) == (month, payment) => last.2 += 1,
                _ => fills.push((month, payment, 1)),
            }
            poured += 1;
        }
    }
    (covered, fills, units.count() as i128)
}
