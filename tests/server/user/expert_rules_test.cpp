#include "tests/server/user/people_fixture.h"

#include <thread>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// What holds for experts, whoever asks: hiring in steps, what may be stored, what others hear of it.
class ExpertRulesTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_fixture = std::make_unique<PeopleFixture>(); }
    void cleanup() { m_fixture.reset(); }

    void whoIsHiredCanSignInAndIsAnnouncedWhole()
    {
        const auto rosa = m_fixture->hire(PeopleFixture::rosa());

        QVERIFY2(rosa, why(rosa));
        QVERIFY(rosa->availability == api::Availability::offDuty);
        QVERIFY(!m_fixture->tokenOf(u"rosa@example.com"_s).isEmpty());
        const QList<QJsonObject> events = m_fixture->events(u"user.expert_changed"_s);
        QCOMPARE(events.size(), 1);
        QCOMPARE(events.first()[u"expert"_s].toObject(), json::encode(*rosa).toObject());
    }

    void anExpertsEmailIsAConflict()
    {
        QVERIFY(m_fixture->hire(PeopleFixture::rosa()));

        const auto again = m_fixture->hire(PeopleFixture::rosa());

        QVERIFY(!again);
        QCOMPARE(again.error().code, u"auth.email-taken"_s);
        QCOMPARE(m_fixture->events(u"user.expert_changed"_s).size(), 1);
    }

    void aCustomersEmailIsAConflictAndNobodyIsHired()
    {
        QVERIFY(m_fixture->signUp(u"rosa@example.com"_s));

        const auto refused = m_fixture->hire(PeopleFixture::rosa());

        QVERIFY(!refused);
        QCOMPARE(refused.error().code, u"auth.email-taken"_s);
        QCOMPARE(
            m_fixture->row("select count(*) from users.expert where state = 'hired'"), QStringList { u"0"_s }
        );
        QVERIFY(m_fixture->events(u"user.expert_changed"_s).isEmpty());
    }

    // The states a crash may leave, each made by the steps themselves.
    void aTryThatBrokeOffIsTakenOverByTheNext_data()
    {
        QTest::addColumn<bool>("hasLogin");
        QTest::newRow("after the profile") << false;
        QTest::newRow("after the login") << true;
    }

    void aTryThatBrokeOffIsTakenOverByTheNext()
    {
        QFETCH(const bool, hasLogin);
        api::NewExpert first = PeopleFixture::rosa();
        first.password = Secret("the first password");
        const auto broken = m_fixture->transact([&](Session &session) -> Result<void> {
            TRY(m_fixture->experts.create(session, m_fixture->admin, first));
            return fail(Problem::internal(u"the power went out"_s));
        });
        QVERIFY(!broken);
        if (!hasLogin)
            m_fixture->administrate("delete from gateway.account where role = 'expert'");
        QCOMPARE(m_fixture->row("select state from users.expert"), QStringList { u"hiring"_s });
        QVERIFY(
            !m_fixture->experts.find(api::AccountId(QUuid(m_fixture->row("select id from users.expert")[0])))
        );
        QVERIFY(m_fixture->events(u"user.expert_changed"_s).isEmpty());

        api::NewExpert second = PeopleFixture::rosa();
        second.name = *api::Name::parse(u"Rosa Diaz"_s);
        const auto hired = m_fixture->hire(second);

        QVERIFY2(hired, why(hired));
        QCOMPARE(hired->name.toString(), u"Rosa Diaz"_s);
        QVERIFY(!m_fixture->tokenOf(u"rosa@example.com"_s).isEmpty()); // with the second password
        QCOMPARE(
            m_fixture->row("select count(*), min(state) from users.expert"),
            (QStringList { u"1"_s, u"hired"_s })
        );
        QCOMPARE(
            m_fixture->row("select count(*), min(name) from gateway.account where role = 'expert'"),
            (QStringList { u"1"_s, u"Rosa Diaz"_s })
        );
        QCOMPARE(m_fixture->events(u"user.expert_changed"_s).size(), 1);
    }

    void aRefusedHiringDoesNotStandInTheWayOfABetterOne()
    {
        api::NewExpert refused = PeopleFixture::rosa();
        refused.password = Secret("short");
        QVERIFY(!m_fixture->hire(refused));

        const auto hired = m_fixture->hire(PeopleFixture::rosa());

        QVERIFY2(hired, why(hired));
    }

    void ofManyHiringsAtOnceOneWins()
    {
        std::atomic<int> made = 0;
        std::atomic<int> refused = 0;
        std::vector<std::jthread> admins;
        for (int i = 0; i < 4; ++i)
            admins.emplace_back([&] {
                const auto hired = m_fixture->hire(PeopleFixture::rosa());
                made += hired ? 1 : 0;
                refused += !hired && hired.error().code == u"auth.email-taken"_s ? 1 : 0;
            });
        admins.clear();

        QCOMPARE(made.load(), 1);
        QCOMPARE(refused.load(), 3);
        QCOMPARE(m_fixture->events(u"user.expert_changed"_s).size(), 1);
        QCOMPARE(
            m_fixture->row("select count(*) from users.expert e join gateway.account a on a.id = e.id"),
            QStringList { u"1"_s }
        );
    }

    void whatCannotBeUsedIsRefusedAndNamed_data()
    {
        QTest::addColumn<api::NewExpert>("expert");
        QTest::addColumn<QStringList>("where");
        const auto row = [](const char *name, const QStringList &where, auto change) {
            api::NewExpert expert = PeopleFixture::rosa();
            change(expert);
            QTest::newRow(name) << expert << where;
        };
        row("a skill twice", { u"/skills/2/skill"_s }, [](api::NewExpert &e) {
            e.skills.append({ *api::Slug::parse(u"tv"_s), { 1 } });
        });
        row("areas of four digits, and of letters", { u"/areas/0"_s, u"/areas/2"_s }, [](api::NewExpert &e) {
            e.areas = { *Text<3, 5>::parse(u"1000"_s),
                        *Text<3, 5>::parse(u"100"_s),
                        *Text<3, 5>::parse(u"1A0"_s) };
        });
        row("digits of another script", { u"/areas/0"_s }, [](api::NewExpert &e) {
            e.areas = { *Text<3, 5>::parse(u"١٠٠"_s) };
        });
        row("a shift that ends before it begins", { u"/shifts/0/toMinute"_s }, [](api::NewExpert &e) {
            e.shifts = { api::Shift { { 1 }, { 600 }, { 500 } } };
        });
        row("a shift of no length", { u"/shifts/0/toMinute"_s }, [](api::NewExpert &e) {
            e.shifts = { api::Shift { { 1 }, { 600 }, { 600 } } };
        });
        row("no such time zone", { u"/timeZone"_s }, [](api::NewExpert &e) {
            e.timeZone = *Text<1, 60>::parse(u"America/Gotham"_s);
        });
        row("a place beyond the pole", { u"/position"_s }, [](api::NewExpert &e) {
            e.position = Position { 91, 0 };
        });
        row("a place that is no number", { u"/position"_s }, [](api::NewExpert &e) {
            e.position = Position { std::nan(""), 0 };
        });
        row("a password that is too short", { u"/password"_s }, [](api::NewExpert &e) {
            e.password = Secret("short");
        });
        row("two mistakes", { u"/shifts/0/toMinute"_s, u"/timeZone"_s }, [](api::NewExpert &e) {
            e.shifts = { api::Shift { { 1 }, { 600 }, { 500 } } };
            e.timeZone = *Text<1, 60>::parse(u"../../etc/passwd"_s);
        });
    }

    void whatCannotBeUsedIsRefusedAndNamed()
    {
        QFETCH(const api::NewExpert, expert);

        const auto refused = m_fixture->hire(expert);

        QVERIFY(!refused);
        QVERIFY(refused.error().kind == ProblemKind::invalidInput);
        QTEST(pointers(refused.error()), "where");
        QCOMPARE(
            m_fixture->row("select count(*) from users.expert where state = 'hired'"), QStringList { u"0"_s }
        );
        QVERIFY(m_fixture->events(u"user.expert_changed"_s).isEmpty());
    }

    void aChangeIsAnnouncedWithItsVersion()
    {
        const auto rosa = m_fixture->hire(PeopleFixture::rosa());
        QVERIFY(rosa);
        api::ExpertChange change;
        change.skills = QList<api::SkillLevel> { { *api::Slug::parse(u"camera"_s), { 2 } } };
        change.name = *api::Name::parse(u"Rosa Diaz"_s);

        const auto changed = this->change(rosa->id, change, 1);

        QVERIFY2(changed, why(changed));
        QCOMPARE(changed->version, 2);
        QCOMPARE(changed->areas.size(), 2); // what was not named stays
        const QJsonObject event = m_fixture->events(u"user.expert_changed"_s).last();
        QCOMPARE(event[u"expert"_s].toObject(), json::encode(*changed).toObject());
        QCOMPARE(m_fixture->gateway.account(rosa->id)->name.toString(), u"Rosa Diaz"_s);
    }

    void whoHasNotSeenTheNewestVersionChangesNothing()
    {
        const auto rosa = m_fixture->hire(PeopleFixture::rosa());
        QVERIFY(rosa);
        api::ExpertChange change;
        change.name = *api::Name::parse(u"Somebody Else"_s);
        QVERIFY(this->change(rosa->id, {}, 1));

        const auto stale = this->change(rosa->id, change, 1);

        QVERIFY(!stale);
        QVERIFY(stale.error().kind == ProblemKind::stale);
        QCOMPARE(m_fixture->gateway.account(rosa->id)->name.toString(), u"Rosa Delgado"_s);
        QCOMPARE(m_fixture->events(u"user.expert_changed"_s).size(), 2);
    }

    void ofManyChangesAtOnceNoneIsLost()
    {
        const auto rosa = m_fixture->hire(PeopleFixture::rosa());
        QVERIFY(rosa);
        std::atomic<int> done = 0;
        std::vector<std::jthread> admins;
        for (int i = 0; i < 4; ++i)
            admins.emplace_back([&] {
                for (int n = 0; n < 10; ++n)
                    done += change(rosa->id, {}, {}) ? 1 : 0;
            });
        admins.clear();

        QCOMPARE(done.load(), 40);
        QCOMPARE(m_fixture->experts.find(rosa->id)->version, 41);
    }

    void goingOnDutyTwiceIsOneChange()
    {
        const auto rosa = m_fixture->hire(PeopleFixture::rosa());
        QVERIFY(rosa);
        const auto goOnDuty = [&] {
            return m_fixture->transact([&](Session &session) {
                return m_fixture->experts.setAvailability(
                    session, m_fixture->caller(rosa->id, api::Role::expert), api::Availability::available
                );
            });
        };

        QVERIFY(goOnDuty());
        const auto again = goOnDuty();

        QVERIFY2(again, why(again));
        QCOMPARE(again->version, 2);
        QCOMPARE(m_fixture->events(u"user.expert_changed"_s).size(), 2);
    }

    void positionsAreStoredAlwaysAndToldWhenItMatters()
    {
        const auto rosa = m_fixture->hire(PeopleFixture::rosa());
        QVERIFY(rosa);
        const auto told = [&] { return m_fixture->events(u"user.expert_moved"_s).size(); };

        QVERIFY(report(rosa->id, { 40.7500, -73.99 }));
        QCOMPARE(told(), 1);
        m_fixture->clock.advance(10s);
        QVERIFY(report(rosa->id, { 40.7501, -73.99 })); // some steps
        QCOMPARE(told(), 1);
        QVERIFY(report(rosa->id, { 40.7700, -73.99 })); // over a mile
        QCOMPARE(told(), 2);
        m_fixture->clock.advance(1s);
        QVERIFY(report(rosa->id, { 41.5, -73.99 })); // far, but at once
        QCOMPARE(told(), 2);
        QVERIFY(m_fixture->experts.find(rosa->id)->position == (Position { 41.5, -73.99 }));
        m_fixture->clock.advance(4s);
        QVERIFY(report(rosa->id, { 41.5, -73.99 }));
        QCOMPARE(told(), 3);
        m_fixture->clock.advance(60s);
        QVERIFY(report(rosa->id, { 41.5, -73.99 })); // still there
        QCOMPARE(told(), 4);
        QCOMPARE(m_fixture->experts.find(rosa->id)->version, 1);
    }

    void aPositionThatWasNotStoredIsToldTheNextTime()
    {
        const auto rosa = m_fixture->hire(PeopleFixture::rosa());
        QVERIFY(rosa);
        const auto broken = m_fixture->transact([&](Session &session) -> Result<void> {
            TRY(m_fixture->experts.setPosition(
                session, m_fixture->caller(rosa->id, api::Role::expert), { 40, -73 }
            ));
            return fail(Problem::internal(u"too bad"_s));
        });
        QVERIFY(!broken);

        QVERIFY(report(rosa->id, { 40, -73 }));

        QCOMPARE(m_fixture->events(u"user.expert_moved"_s).size(), 1);
    }

private:
    Result<api::Expert> change(api::AccountId id, const api::ExpertChange &change, std::optional<int> ifMatch)
    {
        Caller by = m_fixture->admin;
        by.ifMatch = ifMatch;
        return m_fixture->transact([&](Session &session) {
            return m_fixture->experts.change(session, by, id, change);
        });
    }

    Result<void> report(api::AccountId id, const Position &position)
    {
        return m_fixture->transact([&](Session &session) {
            return m_fixture->experts.setPosition(
                session, m_fixture->caller(id, api::Role::expert), position
            );
        });
    }

    std::unique_ptr<PeopleFixture> m_fixture;
};

QTEST_GUILESS_MAIN(ExpertRulesTest)
#include "expert_rules_test.moc"
