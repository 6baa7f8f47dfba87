//! What a programme is made up of, at random: the plans, the deals, and month by month what the vendors say, when it arrives, and what people do.

use chrono::{NaiveDate, TimeDelta};
use portal_domain::deal::DealState;
use proptest::prelude::*;

use super::vendors::first_of;

/// Whose each deal is: the first partner has two.
pub const OWNERS: [usize; 3] = [0, 0, 1];
/// Whose client each deal is for: each has its own, or two of them have one, whose invoices may be for either.
const CLIENTS: [[usize; 3]; 3] = [[0, 1, 2], [0, 1, 0], [0, 1, 1]];
pub const VALUES: [i64; 6] = [9_900, 12_000, 25_000, 36_000, 60_001, 100_000];
pub const PERIODS: [&str; 6] = ["1", "3", "6", "12", "24", "one_off"];

/// A plan, in what its form asks for.
#[derive(Clone, Debug)]
pub struct Terms {
    pub rate: u32,
    pub tiers: Vec<(u32, u32)>,
    pub months: Option<u16>,
    pub cap: Option<u32>,
    pub bonus: Option<u32>,
    /// The other partner's part of each line.
    pub share: Option<u32>,
    /// For how many more months a partner that has left is paid; as if it had not where nothing is said.
    pub tail: Option<u16>,
}

/// What HubSpot says of a deal. Days are counted from the one on which it was won at first.
#[derive(Clone, Copy, Debug)]
pub struct DealSaid {
    pub deal: usize,
    pub state: DealState,
    pub value: usize,
    pub period: usize,
    /// It was won so much later than it was said at first.
    pub won_after: u32,
    /// The day on which it was won where nothing is said.
    pub starts_after: Option<i64>,
    pub ends_after: Option<u32>,
}

/// What somebody enters in Xero for an invoice; what was credited of it is what credit notes say.
#[derive(Clone, Copy, Debug)]
pub struct InvoiceSaid {
    pub client: usize,
    /// The third of a client is in another currency.
    pub number: usize,
    pub net: i64,
    /// By payments, and by pre- and overpayments, in quarters of the total, as far as it is not credited.
    pub paid: i64,
    pub prepaid: i64,
    pub status: &'static str,
    /// The deal that its Reference names.
    pub names: Option<usize>,
    /// Its date, in days after 2026-01-15.
    pub issued: u32,
}

/// The same of a credit note.
#[derive(Clone, Debug)]
pub struct CreditSaid {
    pub client: usize,
    pub number: usize,
    pub net: i64,
    /// How many quarters of it are set against which invoices, as far as these are open.
    pub against: Vec<(usize, i64)>,
    /// How many halves of the rest are refunded in cash.
    pub refunded: i64,
    pub status: &'static str,
    pub names: Option<usize>,
    pub issued: u32,
}

#[derive(Clone, Debug)]
pub enum Said {
    Deal(DealSaid),
    Invoice(InvoiceSaid),
    Credit(CreditSaid),
}

/// What becomes true at a vendor, and how the readings of it reach the portal.
#[derive(Clone, Debug)]
pub struct Event {
    pub said: Said,
    /// Its place among all that arrives in a month; what is divisible by three arrives twice.
    pub order: u8,
    /// How many months late the first and the second arrive.
    pub late: [usize; 2],
}

/// What a person says that an invoice or a credit note is for.
#[derive(Clone, Copy, Debug)]
pub enum Link {
    Invoice(usize, usize, usize),
    /// Between two deals, in tenths; a part may be left over.
    Split(usize, usize, [(usize, i64); 2]),
    NoDeal(usize, usize),
    TakeBack(usize, usize),
    Credit(usize, usize, usize),
    SplitCredit(usize, usize, [(usize, i64); 2]),
    NoDealOfCredit(usize, usize),
    TakeBackCredit(usize, usize),
}

/// What people do at the end of a month.
#[derive(Clone, Debug)]
pub struct Desk {
    pub approve: bool,
    pub hold: Option<usize>,
    pub link: Option<Link>,
    pub waive: Option<usize>,
    /// Which partner leaves the programme, so many days later or earlier; at most one does, and once.
    pub leave: Option<(usize, i64)>,
    /// Whether lines follow starts that moved.
    pub follow: bool,
    pub close: bool,
    /// How much of each bill is paid by then, in halves.
    pub pay: Option<i64>,
}

impl Desk {
    pub const EMPTY: Self = Self {
        approve: false,
        hold: None,
        link: None,
        waive: None,
        leave: None,
        follow: false,
        close: false,
        pay: None,
    };
}

#[derive(Clone, Debug)]
pub struct Moment {
    pub said: Vec<Event>,
    /// A removal has no time of its own in HubSpot, so it arrives alone, and after everything else of its month.
    pub removed: Option<usize>,
    pub desk: Desk,
}

#[derive(Clone, Debug)]
pub struct Script {
    pub plans: [Terms; 2],
    pub clients: [usize; 3],
    /// The day on which each deal is won, in days after 2026-01-06.
    pub won: [u32; 3],
    pub months: Vec<Moment>,
}

fn any_terms() -> impl Strategy<Value = Terms> {
    let tiers = prop_oneof![
        2 => Just(Vec::new()),
        1 => (1_u32..=20, 1_u32..=300, 1_u32..=30).prop_map(|(first, border, then)| vec![(0, first), (border * 100, then)]),
    ];
    (
        1_u32..=40,
        tiers,
        prop::option::of(1_u16..=7),
        prop::option::weighted(0.3, 10_u32..300),
        prop::option::weighted(0.3, 10_u32..200),
        prop::option::weighted(0.3, 1_u32..=100),
        prop::option::weighted(0.7, 0_u16..=3),
    )
        .prop_map(|(rate, tiers, months, cap, bonus, share, tail)| Terms {
            rate,
            tiers,
            months,
            cap,
            bonus,
            share,
            tail,
        })
}

fn any_deal() -> impl Strategy<Value = DealSaid> {
    let state = prop_oneof![
        8 => Just(DealState::Won),
        1 => Just(DealState::Lost),
        1 => Just(DealState::Open),
    ];
    let won_after = prop_oneof![9 => Just(0), 1 => 0_u32..50];
    (
        0..3_usize,
        state,
        0..VALUES.len(),
        prop_oneof![3 => 0..PERIODS.len(), 1 => Just(PERIODS.len() - 1)],
        won_after,
        prop::option::weighted(0.3, -60_i64..120),
        prop::option::weighted(0.3, 0_u32..200),
    )
        .prop_map(
            |(deal, state, value, period, won_after, starts_after, ends_after)| DealSaid {
                deal,
                state,
                value,
                period,
                won_after,
                starts_after,
                ends_after,
            },
        )
}

fn any_net() -> impl Strategy<Value = i64> {
    prop_oneof![4 => prop::sample::select(&VALUES[..]), 1 => 1_i64..200_000]
}

fn any_invoice() -> impl Strategy<Value = InvoiceSaid> {
    (
        (0..3_usize, prop_oneof![1 => Just(0), 1 => 0..3_usize]),
        any_net(),
        prop_oneof![1 => Just(4), 1 => 0..=4_i64],
        prop_oneof![3 => Just(0), 1 => 1..=4_i64],
        prop_oneof![6 => Just("AUTHORISED"), 1 => Just("DRAFT"), 1 => Just("VOIDED")],
        prop::option::weighted(0.4, 0..3_usize),
        prop_oneof![Just(17), 0_u32..180],
    )
        .prop_map(
            |((client, number), net, paid, prepaid, status, names, issued)| InvoiceSaid {
                client,
                number,
                net,
                paid,
                prepaid,
                status,
                names,
                issued,
            },
        )
}

fn any_credit() -> impl Strategy<Value = CreditSaid> {
    (
        (0..3_usize, 0..2_usize),
        1_i64..60_000,
        prop::collection::vec((0..3_usize, 1..=4_i64), 0..=2),
        0..=2_i64,
        prop_oneof![6 => Just("AUTHORISED"), 1 => Just("VOIDED")],
        prop::option::weighted(0.2, 0..3_usize),
        0_u32..180,
    )
        .prop_map(
            |((client, number), net, against, refunded, status, names, issued)| CreditSaid {
                client,
                number,
                net,
                against,
                refunded,
                status,
                names,
                issued,
            },
        )
}

fn any_event() -> impl Strategy<Value = Event> {
    let said = prop_oneof![
        3 => any_deal().prop_map(Said::Deal),
        5 => any_invoice().prop_map(Said::Invoice),
        2 => any_credit().prop_map(Said::Credit),
    ];
    let late = || prop_oneof![3 => Just(0), 1 => 1..=3_usize];
    (said, any::<u8>(), [late(), late()]).prop_map(|(said, order, late)| Event {
        said,
        order,
        late,
    })
}

fn any_link() -> impl Strategy<Value = Link> {
    let three = || 0..3_usize;
    let shares = [(three(), 0..=5_i64), (three(), 0..=5_i64)];
    prop_oneof![
        3 => (three(), three(), three()).prop_map(|(client, number, deal)| Link::Invoice(client, number, deal)),
        3 => (three(), three(), shares.clone()).prop_map(|(client, number, shares)| Link::Split(client, number, shares)),
        1 => (three(), three()).prop_map(|(client, number)| Link::NoDeal(client, number)),
        1 => (three(), three()).prop_map(|(client, number)| Link::TakeBack(client, number)),
        1 => (three(), 0..2_usize, three()).prop_map(|(client, number, deal)| Link::Credit(client, number, deal)),
        1 => (three(), 0..2_usize, shares).prop_map(|(client, number, shares)| Link::SplitCredit(client, number, shares)),
        1 => (three(), 0..2_usize).prop_map(|(client, number)| Link::NoDealOfCredit(client, number)),
        1 => (three(), 0..2_usize).prop_map(|(client, number)| Link::TakeBackCredit(client, number)),
    ]
}

fn any_moment() -> impl Strategy<Value = Moment> {
    let desk = (
        prop::bool::weighted(0.8),
        prop::option::weighted(0.2, 0..8_usize),
        prop::option::weighted(0.4, any_link()),
        prop::option::weighted(0.1, 0..3_usize),
        prop::bool::weighted(0.8),
        prop::bool::weighted(0.8),
        prop::option::weighted(0.6, 0..=2_i64),
    )
        .prop_map(|(approve, hold, link, waive, follow, close, pay)| Desk {
            approve,
            hold,
            link,
            waive,
            leave: None,
            follow,
            close,
            pay,
        });
    (
        prop::collection::vec(any_event(), 1..7),
        prop::option::weighted(0.05, 0..3_usize),
        desk,
    )
        .prop_map(|(said, removed, desk)| Moment {
            said,
            removed,
            desk,
        })
}

pub fn any_script() -> impl Strategy<Value = Script> {
    let won = || prop_oneof![1 => Just(0), 3 => 0_u32..50];
    (
        [any_terms(), any_terms()],
        prop::sample::select(&CLIENTS[..]),
        [won(), won(), won()],
        prop::collection::vec(any_moment(), 3..=7),
        prop::option::weighted(0.2, (0..7_usize, 0..2_usize, -28_i64..60)),
    )
        .prop_map(|(plans, clients, won, mut months, leaving)| {
            if let Some((place, partner, days)) = leaving {
                let place = place % months.len();
                months[place].desk.leave = Some((partner, days));
            }
            Script {
                plans,
                clients,
                won,
                months,
            }
        })
}

impl Script {
    /// The first day on which a partner is in the programme no more, once all has been played.
    pub fn left_on(&self, partner: usize) -> Option<NaiveDate> {
        let mut leaving = self.months.iter().enumerate();
        leaving.find_map(|(place, moment)| {
            let (_, days) = moment.desk.leave.filter(|leave| leave.0 == partner)?;
            Some(first_of(place) + TimeDelta::days(days))
        })
    }

    /// The script with one reading of a deal in a month, as an older one that the portal never saw while it held says nothing about the months before; and
    /// each deal won on one day, which stands once money came.
    fn with_one_reading_a_month(&self) -> Self {
        let mut script = self.clone();
        for moment in &mut script.months {
            let mut seen = [false; OWNERS.len()];
            moment.said.retain_mut(|event| match &mut event.said {
                Said::Deal(said) => {
                    said.won_after = 0;
                    !std::mem::replace(&mut seen[said.deal], true)
                }
                _ => true,
            });
        }
        script
    }

    /// All that is said arrives in its month. No start moves: whether people are asked about that hangs on whether money came before.
    pub fn with_readings_in_time(&self) -> Self {
        let mut script = self.with_one_reading_a_month();
        for event in script.months.iter_mut().flat_map(|moment| &mut moment.said) {
            event.late = [0; 2];
            if let Said::Deal(said) = &mut event.said {
                said.starts_after = None;
            }
        }
        script
    }

    /// Readings are months late, those of a deal in their order, and nobody does anything before all of them have arrived.
    pub fn with_late_readings(&self) -> Self {
        let mut script = self.with_one_reading_a_month();
        let end = script.months.len() - 1;
        let mut last = [(0, 0); OWNERS.len()];
        for (place, moment) in script.months.iter_mut().enumerate() {
            moment.removed = None;
            moment.desk = Desk::EMPTY;
            for event in &mut moment.said {
                if let Said::Deal(said) = &event.said {
                    let arrival = &mut last[said.deal];
                    *arrival = (*arrival).max(((place + event.late[0]).min(end), event.order));
                    event.late = [arrival.0 - place; 2];
                    event.order = arrival.1;
                }
            }
        }
        script
    }
}
