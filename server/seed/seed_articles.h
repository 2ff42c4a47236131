#pragma once

#include "server/services/knowledge/knowledge_service.h"

// The articles of resources/seed/articles: lines of `name: value` (category; symptoms, tools and tags, each
// with semicolons between), an empty line, and Markdown that begins with the title.
namespace seed_articles {

// The file's name is the article's identity: changed texts do not make a second article.
[[nodiscard]] Result<GivenArticle> read(const QString &name, const QString &text);

// Compiled in, so a mistake in them is one of the program: it is named and ends it.
[[nodiscard]] QList<GivenArticle> all();

} // namespace seed_articles
