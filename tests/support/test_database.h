#pragma once

#include "server/db/database.h"

#include <memory>

// A database of its own for one test class: a copy of a migrated template in the test run's PostgreSQL,
// dropped at the end.
//
// CTest starts that PostgreSQL once for all tests (the fixture `postgres`); a test that is started by hand
// starts its own. A failure to get there ends the test program: without a database there is nothing to test.
class TestDatabase
{
public:
    enum class Content { migrated, empty };

    explicit TestDatabase(Content content = Content::migrated);
    ~TestDatabase();
    TestDatabase(const TestDatabase &) = delete;
    TestDatabase &operator=(const TestDatabase &) = delete;

    [[nodiscard]] const QString &name() const { return m_name; }
    [[nodiscard]] Database &database() { return *m_database; }
    [[nodiscard]] QString url() const; // as the server logs in
    [[nodiscard]] QString ownerUrl() const; // as the migrator logs in
    [[nodiscard]] QString superuserUrl() const;

private:
    QString m_name;
    std::unique_ptr<Database> m_database;
};
