//! khiw-simulator
