//! Rounds: contenders in turn, so that a machine whose speed drifts treats all alike.

use std::time::Duration;

/// How long each contender took in each round, the first contender being ours.
pub struct Rounds {
    names: Vec<String>,
    seconds: Vec<Vec<f64>>,
}

impl Rounds {
    pub fn new(names: &[&str]) -> Self {
        Self {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            seconds: vec![Vec::new(); names.len()],
        }
    }

    pub fn add(&mut self, contender: usize, took: Duration) {
        self.seconds[contender].push(took.as_secs_f64());
    }

    /// A line for each contender with its median, and one for each other's ratio to ours: median and worst of the rounds' own ratios.
    pub fn report(&self) -> Vec<String> {
        let mut lines: Vec<String> = self
            .names
            .iter()
            .zip(&self.seconds)
            .map(|(name, seconds)| format!("{name:<28} median {:>9.3} s", median(seconds)))
            .collect();
        let ours = &self.seconds[0];
        for (name, theirs) in self.names.iter().zip(&self.seconds).skip(1) {
            let ratios: Vec<f64> = ours
                .iter()
                .zip(theirs)
                .map(|(our, their)| our / their)
                .collect();
            let worst = ratios.iter().copied().fold(0.0, f64::max);
            lines.push(format!(
                "ratio={:.4} (worst round {worst:.4}) of {name}: 1/{:.1} of its time",
                median(&ratios),
                1.0 / median(&ratios)
            ));
        }
        lines
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => sorted[count / 2],
        count => f64::midpoint(sorted[count / 2 - 1], sorted[count / 2]),
    }
}

/// How long so many of a hundred took at most.
pub fn percentile(waits: &mut [Duration], percent: usize) -> Duration {
    waits.sort_unstable();
    let place = waits.len() * percent / 100;
    waits.get(place).copied().unwrap_or_default()
}
