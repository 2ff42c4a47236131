#pragma once

#include "shared/api/expert.h"

// Where a page of people ended: names first, as lists are sorted.
struct PersonCursor
{
    QString name;
    api::AccountId id;
};
BOOST_DESCRIBE_STRUCT(PersonCursor, (), (name, id))

struct PeopleFilter
{
    std::optional<QString> name; // LIKE pattern: the text anywhere in the name …
    std::optional<QString> email; // … or at the start of the e-mail
    std::optional<QString> afterName;
    std::optional<api::AccountId> afterId;
    int limit = 50;

    static Result<PeopleFilter> of(const api::PeopleQuery &query);
};
