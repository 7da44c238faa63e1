//! khiw-server
