//! Work that blocks, off the threads that answer. One kind of task for all of it: as tokio makes them, each closure
//! would be a task type of its own, some fifty of them, each with all that a task can do.

use std::any::Any;

use tokio::task::{JoinError, spawn_blocking};

type Made = Box<dyn Any + Send>;

/// Runs to its end, also when nobody waits for it any more. The error: it panicked, or the runtime ends.
pub async fn blocking<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
    let run: Box<dyn FnOnce() -> Made + Send> = Box::new(move || Box::new(run()));
    let made = spawn_blocking(run).await?;
    Ok(*made.downcast().expect("what it made is what was asked for"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_it_makes_comes_back_and_a_panic_is_an_error() {
        let made = blocking(|| vec!["a", "b"]).await;
        assert!(made.is_ok_and(|made| made == ["a", "b"]));
        assert!(blocking(|| panic!("on purpose")).await.is_err_and(|error| error.is_panic()));
    }
}
