//! Queues: how many wait, how long it will take, whether numbers are given.

use khiw_domain::config::Queue;
use khiw_domain::id::QueueId;

use super::View;
use crate::api::types::QueueView;

impl View<'_> {
    /// All queues, in the order of the configuration.
    pub fn queues(&self) -> Vec<QueueView> {
        let config = self.facts.config.as_deref();
        config.iter().flat_map(|config| &config.queues).map(|queue| self.queue_of(queue)).collect()
    }

    pub fn queue(&self, id: &QueueId) -> Option<QueueView> {
        self.site.queue(id).map(|queue| self.queue_of(queue))
    }

    fn queue_of(&self, queue: &Queue) -> QueueView {
        let waiting = self.site.waiting(&queue.id);
        QueueView {
            id: queue.id.clone(),
            name: (&queue.name).into(),
            letter: queue.series.prefix.clone(),
            waiting,
            next: self.next_in(&queue.id),
            estimate: self.forecast.at(&queue.id, waiting).map(Into::into),
            target_wait_s: queue.target_wait_s,
            open: self.gives_numbers(&queue.id),
            suspended: self.site.suspension(&queue.id).is_some(),
            counters_open: self.site.counters_serving(&queue.id).count(),
        }
    }

    fn next_in(&self, queue: &QueueId) -> Option<String> {
        let first = self.site.line(queue)?.first()?;
        Some(self.site.ticket(first.ticket)?.number.text.to_string())
    }

    fn gives_numbers(&self, queue: &QueueId) -> bool {
        let speakers = self.facts.speakers.get(queue);
        speakers.into_iter().flatten().any(|service| self.site.may_issue(service, &self.context()).is_ok())
    }
}
