//! Who goes first on a busy machine. A hall's thread sleeps while the disk stores a batch, and everybody in the batch
//! waits until it runs again: behind requests that came later, it costs each of them their turn.

/// As a program that plays sound asks for: before all ordinary work, behind the system's own.
#[cfg(target_os = "linux")]
const NICENESS: i32 = -10;

/// Asks that the calling thread run before the others when both could. Not every account may: root may, and one
/// whose unit says `LimitNICE=-10`. Refused, the hall is as right and somewhat slower.
pub fn ask() {
    // Elsewhere a process has a niceness, not a thread.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "the hall's thread runs like any other");
    }
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_thread_that_asked_goes_first() {
        let of_this_thread = || rustix::process::getpriority_process(None).unwrap();
        let before = of_this_thread();
        let after = std::thread::spawn(move || {
            ask();
            of_this_thread()
        });
        // Where it is not allowed, nothing changed.
        assert!([NICENESS, before].contains(&after.join().unwrap()));
        assert_eq!(of_this_thread(), before);
    }
}
