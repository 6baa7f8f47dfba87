//! Locks by name within this process: for what must not be done twice side by side while a vendor is asked, when no transaction may wait. Two instances
//! can still meet; what they do there is right all the same, only dearer.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::OwnedMutexGuard;

/// One lock for each name that somebody holds or waits for.
#[derive(Default)]
pub(crate) struct Locks {
    held: Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>,
}

impl Locks {
    /// Waits until nobody else holds the name, and holds it until the answer is dropped.
    pub async fn take(&self, name: &str) -> OwnedMutexGuard<()> {
        self.find(name).lock_owned().await
    }

    fn find(&self, name: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, lock| lock.strong_count() > 0);
        if let Some(lock) = held.get(name).and_then(Weak::upgrade) {
            return lock;
        }
        let lock = Arc::default();
        held.insert(name.to_owned(), Arc::downgrade(&lock));
        lock
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_name_is_held_by_one_at_a_time_and_others_do_not_wait_for_it() {
        let locks = Locks::default();
        let first = locks.take("acme.com").await;
        locks.take("other.com").await;
        let short = Duration::from_millis(20);
        let second = tokio::time::timeout(short, locks.take("acme.com")).await;
        assert!(second.is_err());
        drop(first);
        locks.take("acme.com").await;
    }
}
