//! How a call is said, in each language that the hall has a voice for: the ticket's own first. Clips are named, not
//! chosen: which voice has them is the screen's affair.

use khiw_announcing::{Called, phrase};
use khiw_domain::config::Counter;
use khiw_domain::id::Language;

use crate::api::types::Speech;

/// In the ticket's language and in each other one of the `hall` that `voiced` has; nothing where there is no voice.
pub fn speech(
    hall: &[Language],
    number: &str,
    counter: Option<&Counter>,
    ticket: Language,
    voiced: &[Language],
) -> Vec<Speech> {
    let others = hall.iter().copied().filter(|language| *language != ticket);
    let spoken = std::iter::once(ticket).chain(others).filter(|language| voiced.contains(language));
    spoken.map(|language| said(language, number, counter)).collect()
}

fn said(language: Language, number: &str, counter: Option<&Counter>) -> Speech {
    let place = counter.and_then(|counter| counter.place.get(&language)).map_or("", String::as_str);
    let label = counter.map_or("", |counter| &counter.label);
    let phrase = phrase(language, &Called { number, label, place });
    Speech {
        language,
        tokens: phrase.tokens().map(ToString::to_string).collect(),
        pauses_ms: phrase.spoken.iter().map(|spoken| spoken.pause_ms).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use khiw_domain::id::{CounterId, ProfileId};

    use super::*;

    fn counter(label: &str) -> Counter {
        Counter {
            id: CounterId::parse("c").expect("an id"),
            label: label.to_owned(),
            place: BTreeMap::new(),
            zone: None,
            profile: ProfileId::parse("all").expect("an id"),
            auto_call: false,
        }
    }

    #[test]
    fn a_call_is_said_in_the_tickets_language_first_and_only_where_there_is_a_voice() {
        let hall = [Language::Th, Language::En, Language::Vi];
        let languages = |ticket, voiced: &[Language]| -> Vec<Language> {
            let said = speech(&hall, "A012", Some(&counter("3")), ticket, voiced);
            assert!(said.iter().all(|speech| speech.tokens.len() == speech.pauses_ms.len()));
            said.into_iter().map(|speech| speech.language).collect()
        };
        let all = [Language::En, Language::Th, Language::Vi];
        assert_eq!(languages(Language::En, &all), [Language::En, Language::Th, Language::Vi]);
        assert_eq!(languages(Language::Zh, &all), [Language::Th, Language::En, Language::Vi]);
        assert_eq!(languages(Language::Th, &[Language::En]), [Language::En]);
        assert_eq!(languages(Language::Th, &[]), []);
    }

    #[test]
    fn the_counter_is_said_by_its_label() {
        let said = speech(&[], "A007", Some(&counter("21")), Language::En, &[Language::En]);
        let tokens = ["invite", "letter-a", "0", "0", "7", "at", "counter", "20", "1"];
        assert_eq!(said[0].tokens, tokens);
    }
}
