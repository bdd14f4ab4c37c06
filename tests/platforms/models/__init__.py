"""A server of language models, as the API of OpenAI describes it."""
