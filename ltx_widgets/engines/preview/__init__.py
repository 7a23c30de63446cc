"""The preview engine: a deterministic renderer with no model, honest about being one."""
