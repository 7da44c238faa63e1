//! Stands in for a library of windows or pictures that reading bytes does not need.
