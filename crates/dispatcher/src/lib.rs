//! khiw-dispatcher
