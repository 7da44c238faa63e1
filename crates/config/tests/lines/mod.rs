//! The problems of a site text as an administrator reads them.

/// Every problem of the text as `line: key: problem`, in order.
pub fn problems_of(text: &str) -> Vec<String> {
    let read = |name: &str| (name == "tiny.toml").then(|| text.to_owned());
    let errors = khiw_config::load_from("tiny.toml", &read).err().map_or_else(Vec::new, |errors| errors.0);
    errors.iter().map(|error| error.to_string().replacen("tiny.toml:", "", 1)).collect()
}
