//! Services as visitors choose them: open or not and why, how long the wait is, what the public manual posts.

use khiw_domain::Refusal;
use khiw_domain::config::{PostedTime, Service};
use khiw_domain::id::{AgencyId, ServiceId};

use super::View;
use crate::api::types::{
    ClosedCode, ClosedView, Names, PostedTimeView, ServiceDetail, ServiceView, ServicesPage,
};

impl View<'_> {
    /// Services of an agency that match a query, in the order of the configuration or best match first.
    pub fn services(&self, agency: Option<&AgencyId>, query: Option<&str>, limit: usize) -> ServicesPage {
        let Some(config) = self.facts.config.as_deref() else {
            return ServicesPage { services: Vec::new(), total: 0 };
        };
        let matches = match query.map(str::trim).filter(|query| !query.is_empty()) {
            Some(query) => self.facts.search().find(query),
            None => (0..config.services.len()).collect(),
        };
        let of_agency = |service: &&Service| agency.is_none_or(|agency| service.agency == *agency);
        let found: Vec<&Service> =
            matches.into_iter().map(|index| &config.services[index]).filter(of_agency).collect();
        let services = found.iter().take(limit).map(|service| self.service_of(service)).collect();
        ServicesPage { services, total: found.len() }
    }

    pub fn service(&self, id: &ServiceId) -> Option<ServiceDetail> {
        let service = self.site.service(id)?;
        Some(ServiceDetail {
            service: self.service_of(service),
            documents: service.documents.iter().map(Names::from).collect(),
            fee: service.fee,
            posted_time: service.posted_time.map(|time| match time {
                PostedTime::Minutes(n) => PostedTimeView::Minutes(n),
                PostedTime::WorkingDays(n) => PostedTimeView::WorkingDays(n),
            }),
            steps: service.steps.iter().map(Names::from).collect(),
            forwarded_to: service.forwarded_to.as_ref().map(Names::from),
        })
    }

    fn service_of(&self, service: &Service) -> ServiceView {
        let waiting = self.site.waiting(&service.queue);
        let closed = self.site.may_issue(&service.id, &self.context()).err().map(closed_view);
        ServiceView {
            id: service.id.clone(),
            agency: service.agency.clone(),
            queue: service.queue.clone(),
            letter: self.site.queue(&service.queue).map(|q| q.series.prefix.clone()).unwrap_or_default(),
            kind: service.kind,
            name: (&service.name).into(),
            open: closed.is_none(),
            closed,
            waiting,
            estimate: self.forecast.at(&service.queue, waiting).map(Into::into),
        }
    }
}

fn closed_view(refusal: Refusal) -> ClosedView {
    let plain = |code| ClosedView { code, why: None, opens_at: None };
    match refusal {
        Refusal::Closed { why, opens_at } => {
            let why = serde_json::to_value(why).ok().and_then(|why| why.as_str().map(str::to_owned));
            ClosedView { code: ClosedCode::Closed, why, opens_at }
        }
        Refusal::IssuingSuspended { reason, .. } => {
            ClosedView { why: Some(reason.to_string()), ..plain(ClosedCode::IssuingSuspended) }
        }
        Refusal::QuotaReached { next_at, .. } => {
            ClosedView { opens_at: next_at, ..plain(ClosedCode::QuotaReached) }
        }
        Refusal::NoCapacity { next_at, .. } => {
            ClosedView { opens_at: next_at, ..plain(ClosedCode::NoCapacity) }
        }
        Refusal::SeriesExhausted { .. } => plain(ClosedCode::SeriesExhausted),
        _ => plain(ClosedCode::DayNotOpen),
    }
}
