"""Search: what was typed becomes a query, the query finds articles, the articles show why."""
