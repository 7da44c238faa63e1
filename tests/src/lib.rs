//! Whole-system stories.
