//! What a path may refuse with, as the OpenAPI document tells it. One type with the statuses as its parameters:
//! written out response by response, the document was a twentieth of the whole program.

use std::collections::BTreeMap;

use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use crate::problem::Problem;

/// Statuses that come with a [`Problem`]; 0 is none.
pub struct Problems<
    const A: u16,
    const B: u16 = 0,
    const C: u16 = 0,
    const D: u16 = 0,
    const E: u16 = 0,
    const F: u16 = 0,
    const G: u16 = 0,
>;

impl<const A: u16, const B: u16, const C: u16, const D: u16, const E: u16, const F: u16, const G: u16>
    IntoResponses for Problems<A, B, C, D, E, F, G>
{
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems([A, B, C, D, E, F, G])
    }
}

fn problems(statuses: [u16; 7]) -> BTreeMap<String, RefOr<Response>> {
    statuses
        .iter()
        .filter(|status| **status != 0)
        .map(|status| (status.to_string(), problem().into()))
        .collect()
}

fn problem() -> Response {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
    ResponseBuilder::new().content("application/json", body).build()
}
