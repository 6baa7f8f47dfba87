//! Made-up books: partners on tiered plans with deals that they won over two years, as many as are asked for and the same at every run.

use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::{Days, NaiveDate};
use portal_domain::{
    access::{Actor, Reach, StaffRole},
    calendar::{Month, Timestamp},
    deal::{BillingPeriod, DealState, DealTerms},
    ids::{ClientId, DealId, LeadId, PartnerId, PlanVersionId},
    lead::LeadState,
    money::{Currency, Money},
    outward::OutwardHosts,
    partner::CompanyForm,
    payout::MinimumPayout,
    plan::{PlanForm, PlanTerms, TierForm},
    statement::Party,
};
use portal_services::{
    Clock, Ctx, Programme, ServiceError,
    plans::{self, PlanEdit},
    vault::{self, Vault},
};
use portal_store::{
    Store, clients,
    deals::{self, DealRecord},
    leads::{self, LeadRecord},
    partners, plans as stored_plans,
};

use crate::{demo, serve::StartError};

/// How many lines each deal has.
pub const MONTHS: i64 = 24;
/// How many plans there are.
const PLANS: usize = 8;
/// Periods that 360ths of an amount can count.
const PERIODS: [u16; 6] = [1, 2, 3, 4, 6, 12];

/// The middle of January 2026.
const NOW: Timestamp = Timestamp(1_768_478_400_000);

/// Begins at [`NOW`], and goes on by a millisecond at each look, so that ids sort as they were made.
struct LookedAtClock(AtomicI64);

impl Clock for LookedAtClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// A deal as others than the portal are given it.
pub struct MadeDeal {
    pub id: DealId,
    pub partner: usize,
    pub plan: usize,
    pub won_on: NaiveDate,
    pub value_minor: i64,
    pub period: u16,
}

/// The same numbers at every run: SplitMix64.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap_or(0)
    }
}

/// Books that grow.
pub struct MadeBooks {
    pub ctx: Ctx,
    staff: Actor,
    numbers: Numbers,
    pub versions: Vec<(PlanVersionId, PlanTerms)>,
    partners: usize,
    pub deals: Vec<MadeDeal>,
}

impl MadeBooks {
    /// In an empty database.
    pub async fn new(url: &str) -> Result<Self, StartError> {
        let ctx = Ctx {
            store: Store::open(url).await?,
            clock: Arc::new(LookedAtClock(AtomicI64::new(NOW.0))),
            programme: Arc::new(programme()),
            vault: Arc::new(Vault::parse(&vault::new_master_key()).map_err(ServiceError::from)?),
        };
        let email = "bench@northwind.example";
        let role = StaffRole::Administrator;
        let person = demo::add_person(&ctx, "Bench", email, "en", Some(role)).await?;
        let staff = Actor::Staff {
            person,
            role,
            reach: Reach::All,
        };
        let mut books = Self {
            ctx,
            staff,
            numbers: Numbers(2026),
            versions: Vec::new(),
            partners: 0,
            deals: Vec::new(),
        };
        for number in 0..PLANS {
            books.add_plan(number).await?;
        }
        let mut tx = books.ctx.store.read().await?;
        let mut versions = stored_plans::list_versions(&mut tx).await?;
        versions.sort_by(|one, other| one.name.cmp(&other.name));
        books.versions = versions
            .into_iter()
            .map(|version| (version.id, version.terms))
            .collect();
        Ok(books)
    }

    async fn add_plan(&mut self, number: usize) -> Result<(), StartError> {
        let tiers = [("0", "2,000"), ("2,000", "10,000"), ("10,000", "")];
        let row = |(place, (from, until)): (usize, (&str, &str))| TierForm {
            from: from.to_owned(),
            until: until.to_owned(),
            rate: format!("{}.{}", 5 + number + 3 * place, number),
        };
        let edit = PlanEdit {
            plan: String::new(),
            form: PlanForm {
                name: format!("Plan {number}"),
                rate: "10".to_owned(),
                months: MONTHS.to_string(),
                currency: "EUR".to_owned(),
                tiers: tiers.into_iter().enumerate().map(row).collect(),
                ..PlanForm::default()
            },
            valid_from: "2023-01-01".to_owned(),
            all_deals: false,
        };
        let trial = plans::try_version(&self.ctx, &self.staff, &edit).await?;
        plans::publish_version(&self.ctx, &self.staff, &edit, &trial.fingerprint).await?;
        Ok(())
    }

    /// Adds partners with won deals until all deals together will have so many lines. Returns the deals that are new.
    pub async fn grow(&mut self, lines: i64) -> Result<Vec<DealId>, StartError> {
        let first = self.deals.len();
        let wanted = usize::try_from(lines / MONTHS).unwrap_or(usize::MAX);
        while self.deals.len() < wanted {
            let mut tx = self.ctx.store.write().await?;
            for _ in 0..200 {
                if self.deals.len() < wanted {
                    self.add_partner(&mut tx, wanted).await?;
                }
            }
            tx.commit().await?;
        }
        Ok(self.deals[first..].iter().map(|deal| deal.id).collect())
    }

    async fn add_partner(
        &mut self,
        tx: &mut portal_store::Tx,
        wanted: usize,
    ) -> Result<(), StartError> {
        let number = self.partners;
        self.partners += 1;
        let company = CompanyForm {
            name: format!("Partner {number}"),
            legal_name: format!("Partner {number} Ltd"),
            domain: format!("partner{number}.com"),
            country: "GB".to_owned(),
            billing_email: format!("billing@partner{number}.com"),
            ..CompanyForm::default()
        };
        let company = company
            .parse()
            .map_err(|errors| StartError::Other(format!("{errors:?}")))?;
        let partner = PartnerId::new(self.ctx.new_id());
        partners::add(tx, partner, &company, NOW).await?;
        // One to seven, four on average.
        let deals = 1 + self.numbers.below(7);
        for _ in 0..deals.min(wanted - self.deals.len()) {
            self.add_deal(tx, partner, number).await?;
        }
        Ok(())
    }

    async fn add_deal(
        &mut self,
        tx: &mut portal_store::Tx,
        partner: PartnerId,
        number: usize,
    ) -> Result<(), StartError> {
        let place = self.deals.len();
        let first_day = NaiveDate::from_ymd_opt(2024, 3, 1).unwrap_or_default();
        let made = MadeDeal {
            id: DealId::new(self.ctx.new_id()),
            partner: number,
            plan: self.numbers.below(PLANS),
            won_on: first_day + Days::new(self.numbers.below(660) as u64),
            value_minor: 1_000 + self.numbers.below(2_000_000) as i64,
            period: PERIODS[self.numbers.below(PERIODS.len())],
        };
        let domain = format!("client{place}.com");
        let client = ClientId::new(self.ctx.new_id());
        clients::add_or_find(tx, client, &domain, &domain, NOW).await?;
        let lead = LeadId::new(self.ctx.new_id());
        leads::add(tx, &self.lead(lead, partner, client, &domain)).await?;
        let version = self.versions[made.plan].0;
        deals::add(
            tx,
            &deal(&made, lead, partner, client, &domain, version),
            NOW,
        )
        .await?;
        let terms = DealTerms {
            from: Month::of(made.won_on),
            value: Money::new(made.value_minor, Currency::EUR),
            period: BillingPeriod::Months(made.period),
        };
        deals::put_terms(tx, made.id, &terms, NOW).await?;
        self.deals.push(made);
        Ok(())
    }

    fn lead(&self, id: LeadId, partner: PartnerId, client: ClientId, domain: &str) -> LeadRecord {
        LeadRecord {
            id,
            partner,
            partner_name: String::new(),
            client,
            submitted_by: self.staff.person(),
            submission_key: domain.to_owned(),
            client_name: domain.to_owned(),
            client_domain: domain.to_owned(),
            contact_name: "Ada".to_owned(),
            contact_email: format!("ada@{domain}"),
            contact_phone: String::new(),
            need: String::new(),
            value: None,
            basis: None,
            state: LeadState::Won,
            reason: None,
            review_due_at: None,
            actioned_at: None,
            hubspot_contact_id: None,
            hubspot_deal_id: None,
            created_at: NOW,
            phase: None,
            confirmed_at: None,
        }
    }

    /// The plans' tiers, the deals and the stored lines as rows of numbers: what another engine reads instead of our tables. Returns `tiers`, `deals`.
    pub fn rows(&self) -> (String, String) {
        let mut tiers = String::new();
        for (place, (_, terms)) in self.versions.iter().enumerate() {
            let steps = terms.tiers.as_ref().map_or(&[][..], |tiers| tiers.steps());
            for (number, step) in steps.iter().enumerate() {
                let ends = steps
                    .get(number + 1)
                    .map(|next| next.from_minor.to_string());
                let ppm = *step.rate.exact().numer() * (1_000_000 / *step.rate.exact().denom());
                let _ = writeln!(
                    tiers,
                    "{place},{},{},{ppm}",
                    step.from_minor,
                    ends.unwrap_or_default()
                );
            }
        }
        let mut deals = String::new();
        for (place, deal) in self.deals.iter().enumerate() {
            let MadeDeal {
                partner,
                plan,
                won_on,
                value_minor,
                period,
                ..
            } = deal;
            let _ = writeln!(
                deals,
                "{place},{partner},{plan},{won_on},{value_minor},{period}"
            );
        }
        (tiers, deals)
    }
}

fn deal(
    made: &MadeDeal,
    lead: LeadId,
    partner: PartnerId,
    client: ClientId,
    name: &str,
    version: PlanVersionId,
) -> DealRecord {
    DealRecord {
        id: made.id,
        lead,
        partner,
        partner_name: String::new(),
        client,
        client_name: name.to_owned(),
        hubspot_id: made.id.to_string(),
        name: name.to_owned(),
        pipeline: "default".to_owned(),
        stage: "won".to_owned(),
        state: DealState::Won,
        won_on: Some(made.won_on),
        start: Some(made.won_on),
        origin: None,
        end: None,
        end_holds_from: None,
        currency: Some(Currency::EUR),
        plan_version: Some(version),
        lost_at: None,
        merge_decided_at: None,
        hubspot_modified_at: NOW,
        confirmed_at: NOW,
    }
}

fn programme() -> Programme {
    Programme {
        name: "Bench".to_owned(),
        portal_url: "http://127.0.0.1:3000".to_owned(),
        time_zone: chrono_tz::UTC,
        fiscal_start: 1,
        claim: Duration::from_secs(90 * 86_400),
        leads_per_day: 200,
        review: Duration::from_secs(3 * 86_400),
        minimum_payout: MinimumPayout::default(),
        payout_close_days: 10,
        payout_days: 30,
        bill_account: String::new(),
        vendor: Party::default(),
        staff_channel: String::new(),
        sandbox: false,
        stand_in: true,
        environment: Vec::new(),
        outward: OutwardHosts::default(),
        plain_hosts: Vec::new(),
    }
}
