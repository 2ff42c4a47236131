#pragma once

#include "server/db/session.h"
#include "shared/api/knowledge.h"

// The SQL of the schema `knowledge`. Nothing else touches it.
namespace knowledge_store {

struct Editor
{
    api::AccountId id;
    QString name;
};

struct Voice
{
    api::AccountId account;
    bool hasHelped = true;
    Instant at;
};

// False when there is one with its id, which stays as it is.
Result<bool> insert(Session &session, const api::Article &article);
Result<void> update(Session &session, const api::Article &article); // which is locked
// Keeps the article as it is now, as the version that it has.
Result<void> remember(Session &session, const api::Article &article, const Editor &editor);
Result<api::Article> fetch(Session &session, api::ArticleId id);
Result<api::Article> lock(Session &session, api::ArticleId id);
Result<QList<api::ArticleVersion>> versions(Session &session, api::ArticleId id);
Result<api::ArticleVersion> version(Session &session, api::ArticleId id, int version);
Result<void> vote(Session &session, api::ArticleId id, const Voice &voice);

// Published articles with any of the words, or with what these probably meant; the best first.
Result<QList<api::Article>>
search(Session &session, const QString &words, const std::optional<QString> &category, int limit);
// The newest of a state, of one author or of all.
Result<QList<api::Article>>
list(Session &session, api::ArticleState state, const std::optional<api::AccountId> &author, int limit);

} // namespace knowledge_store
