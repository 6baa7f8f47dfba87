//! What a person writes down of a deal who hears what HubSpot says of it, reading by reading in the order in which they reach the portal: its terms and its
//! end. Whole numbers only, by the rules of the design and without the portal's code. On which day the deal starts hangs on what was earned by then, for which
//! one would have to know all of its money, so that the start is looked up in the portal before and after each reading; the terms and the end never are.

use crate::oracle::Terms;

/// A month, counted as the oracle does, and the day in it.
pub type Day = (i32, u32);

/// One reading, by what the script says.
#[derive(Clone, Copy, Debug)]
pub struct Heard {
    /// When it became true in HubSpot, and in which month that was.
    pub at: i64,
    pub month: i32,
    pub is_won: bool,
    pub value: i128,
    pub period: Option<i128>,
    /// The first day on which it no longer runs.
    pub end: Option<Day>,
}

/// A deal, by all that was heard of it.
#[derive(Clone, Debug, Default)]
pub struct Told {
    pub is_won: bool,
    pub terms: Vec<Terms>,
    /// The first day for which nothing is due any more.
    pub end: Option<Day>,
    end_as_said: Option<Day>,
    was_won: bool,
    last_at: Option<i64>,
}

impl Told {
    /// An older reading than the last one says nothing. The last one once more says nothing new, but that the deal is there.
    pub fn hear(&mut self, heard: &Heard, start_before: Option<Day>, start: Option<Day>) {
        if self.last_at.is_some_and(|last_at| heard.at < last_at) {
            return;
        }
        let is_news = self.last_at.replace(heard.at) != Some(heard.at);
        self.is_won = heard.is_won;
        if let (true, true, Some(start)) = (heard.is_won, is_news, start) {
            let start_before = start_before.unwrap_or(start);
            self.change_end(heard, start_before);
            self.change_terms(heard, start_before.0, start.0);
            self.was_won = true;
        }
    }

    /// A deal that is gone is not won any more. One that was never heard of cannot go.
    pub const fn go_away(&mut self) {
        self.is_won = false;
    }

    /// Months that were due and had ended when an end is said or moved stay.
    fn change_end(&mut self, heard: &Heard, start: Day) {
        if heard.end == self.end_as_said {
            return;
        }
        let due_until = match self.end {
            None => i32::MAX,
            Some(end) if end <= start => start.0,
            Some((month, 1)) => month,
            Some((month, _)) => month + 1,
        };
        let stays_until = due_until.min(heard.month);
        let has_months = self.was_won && start.0 < stays_until;
        let kept = has_months.then_some((stays_until, 1));
        self.end = heard.end.map(|end| kept.map_or(end, |kept| end.max(kept)));
        self.end_as_said = heard.end;
    }

    /// Months of the deal that had ended by the month of the change keep the terms they had, and later ones follow the new ones; while none had, there are only
    /// the new ones. What is charged once is charged once, so that its new value takes the place of the old one.
    fn change_terms(&mut self, heard: &Heard, start_before: i32, start: i32) {
        let mut new = Terms {
            from: start,
            value: heard.value,
            period: heard.period,
        };
        if let Some(first) = self.terms.first_mut() {
            // The first terms hold from the start, also from one that was moved back meanwhile.
            first.from = first.from.min(start_before);
        }
        let is_same = |terms: &Terms| (terms.value, terms.period) == (heard.value, heard.period);
        if self.terms.last().is_some_and(is_same) {
            return;
        }
        let first = self.terms.first();
        if first.is_none_or(|first| first.from.max(start) >= heard.month) {
            self.terms = vec![new];
            return;
        }
        self.terms.retain(|terms| terms.from < heard.month);
        new.from = heard.month;
        match self.terms.last_mut() {
            Some(last) if last.period.is_none() && new.period.is_none() => last.value = new.value,
            _ => self.terms.push(new),
        }
    }
}
