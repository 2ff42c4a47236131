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
    // What somebody typed into the search box, as a tsquery over the column `words`: every word of it begins
    // a word of the name or e-mail, or the number begins the telephone number. Empty: everybody.
    QString words;
    PersonCursor after; // no name: from the start
    int limit = 50;

    static Result<PeopleFilter> of(const api::PeopleQuery &query);
};
