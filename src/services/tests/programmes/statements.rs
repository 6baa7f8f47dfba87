//! Statements by hand: what is frozen on them is what their lines are.

use std::collections::BTreeMap;

use portal_domain::ids::{LineId, StatementId};
use portal_services::statements;

use super::{network::Network, script::OWNERS};

impl Network {
    /// A statement's total is the sum of its lines, its document says of each line what the line is, and no line is on another one.
    pub async fn check_statements_by_hand(&self) {
        let mut stated: BTreeMap<StatementId, BTreeMap<LineId, i64>> = BTreeMap::new();
        for number in 0..OWNERS.len() {
            for line in self.lines(number).await {
                assert_eq!(line.statement.is_some(), line.state.is_stated(), "{line:?}");
                if let Some(statement) = line.statement {
                    let lines = stated.entry(statement).or_default();
                    lines.insert(line.id, line.money.minor);
                }
            }
        }
        let (ctx, staff) = (&self.world.ctx, &self.world.staff);
        let found = statements::list_for_staff(ctx, staff, None).await;
        for view in found.expect("statements") {
            let lines = stated.remove(&view.record.id).unwrap_or_default();
            let body = &view.body;
            let frozen = body.lines.iter().map(|line| (line.id, line.amount_minor));
            assert_eq!(frozen.collect::<BTreeMap<_, _>>(), lines, "{}", body.number);
            assert_eq!(
                body.lines.len(),
                lines.len(),
                "{} has a line twice",
                body.number
            );
            assert_eq!(
                body.total.minor,
                lines.values().sum::<i64>(),
                "{}",
                body.number
            );
            assert_eq!(view.record.total, body.total, "{}", body.number);
        }
        assert!(stated.is_empty(), "on no document: {stated:?}");
    }
}
