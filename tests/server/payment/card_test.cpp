#include "tests/server/payment/payment_probe.h"

#include <QFile>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// Cards, from the request that brings one to the token that is left of it.
class CardTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_probe = std::make_unique<PaymentProbe>();
        m_probe->start();
    }
    void cleanup() { m_probe.reset(); }

    void ofACardThatTheVendorHasOnlyItsTokenIsLeft()
    {
        const Caller who = m_probe->somebody();

        const auto card = m_probe->cards().add(who, m_probe->card());

        QVERIFY2(card, why(card));
        QCOMPARE(card->brand, u"visa"_s);
        QCOMPARE(card->last4, u"4242"_s);
        QVERIFY(card->isDefault);
        QCOMPARE(
            m_probe->number(
                "select count(*) from payment.card where number is not null or wrapped_key is not null"
            ),
            0
        );
        QVERIFY(m_probe->text("select vendor_method from payment.card").startsWith(u"pm_"_s));
        QCOMPARE(auditOf(*card), u"sealed,opened,tokenised"_s);
    }

    void withoutTheVendorACardIsKeptSealedAndTakenThereLater()
    {
        const Caller who = m_probe->somebody();
        m_probe->vendor().behave({ { u"outage"_s, u"refuses"_s } });
        const auto card = m_probe->cards().add(who, m_probe->card());
        QVERIFY2(card, why(card));
        QVERIFY(card->isDefault);
        QCOMPARE(m_probe->number("select octet_length(number) from payment.card"), 24 + 16 + 16);
        QCOMPARE(m_probe->number("select count(*) from payment.card where vendor_method is not null"), 0);

        m_probe->vendor().behave({ { u"outage"_s, u"none"_s } });
        QCOMPARE(m_probe->cards().keepRemaining(10).value_or(-1), 1);

        QCOMPARE(
            m_probe->number(
                "select count(*) from payment.card where number is null and vendor_method like 'pm_%'"
            ),
            1
        );
        QCOMPARE(m_probe->cardsOf(who)->size(), 1);
    }

    void everyOpeningIsWrittenDownBeforeItHappens()
    {
        m_probe->vendor().behave({ { u"outage"_s, u"refuses"_s } });
        const auto card = m_probe->cards().add(m_probe->somebody(), m_probe->card());
        QVERIFY2(card, why(card));
        // The vendor does not know the customer, so the number was not opened for it yet.
        QCOMPARE(auditOf(*card), u"sealed"_s);
        CardVault vault(m_probe->database(), m_probe->clock(), { m_probe->keyFile(), {} });
        QVERIFY(vault.load());

        for (int i = 1; i <= 3; ++i) {
            const auto number = vault.open(card->id, { u"auditor"_s, u"to look"_s, u"t-%1"_s.arg(i) });
            QCOMPARE(number.value()->reveal(), QByteArrayView("4242424242424242"));
        }
        // One whose key does not fit is not opened, but was tried.
        CardVault thief(m_probe->database(), m_probe->clock(), { strangeKey(), {} });
        QVERIFY(thief.load());
        QVERIFY(!thief.open(card->id, { u"thief"_s, u"to look"_s, {} }));

        QCOMPARE(auditOf(*card), u"sealed,opened,opened,opened,opened"_s);
        QCOMPARE(
            m_probe->text("select string_agg(actor || ' ' || trace_id, ', ' order by id) from payment.audit "
                          "where actor = 'auditor'"),
            u"auditor t-1, auditor t-2, auditor t-3"_s
        );
    }

    void whatWasWrittenDownCannotBeChangedByTheService()
    {
        for (const char *sql : { "update payment.audit set actor = 'nobody'",
                                 "delete from payment.audit",
                                 "truncate payment.audit" })
            QVERIFY2(m_probe->refusalTo("squad_payment", sql).contains(u"permission denied"_s), sql);
    }

    void noOtherServiceCanSeeTheSchema()
    {
        const QStringList roles
            = m_probe
                  ->text("select string_agg(rolname, ',') from pg_roles where rolname like 'squad\\_%' "
                         "and rolname not in ('squad_owner', 'squad_server', 'squad_payment')")
                  .split(u',');
        QVERIFY(roles.size() >= 7);

        for (const QString &service : roles) {
            for (const char *table : { "card", "customer", "transfer", "audit", "webhook" })
                QVERIFY2(
                    m_probe->refusalTo(service.toLatin1(), QByteArray("select from payment.") + table)
                        .contains(u"permission denied"_s),
                    qPrintable(service)
                );
        }
        QCOMPARE(m_probe->refusalTo("squad_payment", "select from payment.card"), QString());
    }

    void removingACardDestroysWhatWasKeptOfIt()
    {
        const Caller who = m_probe->somebody();
        m_probe->vendor().behave({ { u"outage"_s, u"refuses"_s } });
        const auto sealed = m_probe->cards().add(who, m_probe->card());
        m_probe->vendor().behave({ { u"outage"_s, u"none"_s } });
        const auto kept = m_probe->cards().add(who, m_probe->card(u"5555555555554444"_s));
        QVERIFY(sealed && kept);

        QVERIFY(m_probe->remove(who, sealed->id));
        QVERIFY(m_probe->remove(who, kept->id));

        QCOMPARE(
            m_probe->number("select count(*) from payment.card where num_nonnulls(number, wrapped_key, "
                            "key_version, vendor_method) > 0"),
            0
        );
        QCOMPARE(auditOf(*sealed), u"sealed,destroyed"_s);
        QCOMPARE(auditOf(*kept), u"sealed,opened,tokenised,destroyed"_s);
        QVERIFY(m_probe->cardsOf(who)->isEmpty());
        // The vendor lets go of it, too.
        QTRY_VERIFY_WITH_TIMEOUT(isForgottenByVendor(), PaymentProbe::patience);
    }

    void aNewMasterKeyRewrapsWhileCardsStayUsable()
    {
        m_probe->vendor().behave({ { u"outage"_s, u"refuses"_s } });
        const Caller who = m_probe->somebody();
        QList<api::CardId> cards;
        for (int i = 0; i < 5; ++i)
            cards += m_probe->cards().add(who, m_probe->card())->id;
        CardVault vault(m_probe->database(), m_probe->clock(), { m_probe->keyFile(), {} });
        QVERIFY(vault.load());

        // A key is added; the node reads it while it runs.
        QFile file(m_probe->keyFile());
        QVERIFY(file.open(QIODevice::Append));
        file.write("2 " + QByteArray(32, 'k').toBase64() + '\n');
        file.close();
        QVERIFY(vault.open(cards.first(), { u"test"_s, u"before"_s, {} }).value());
        QVERIFY(vault.load());
        QCOMPARE(vault.rewrap(2).value_or(-1), 2);
        for (const api::CardId card : cards)
            QVERIFY(vault.open(card, { u"test"_s, u"between"_s, {} }).value());
        QCOMPARE(vault.rewrap(100).value_or(-1), 3);
        QCOMPARE(vault.rewrap(100).value_or(-1), 0);

        // Then the old one may go.
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write("2 " + QByteArray(32, 'k').toBase64() + '\n');
        file.close();
        CardVault later(m_probe->database(), m_probe->clock(), { m_probe->keyFile(), {} });
        QVERIFY(later.load());
        for (const api::CardId card : cards)
            QCOMPARE(later.open(card, { u"test"_s, u"after"_s, {} }).value()->last4(), u"4242"_s);
        QCOMPARE(m_probe->number("select count(*) from payment.audit where action = 'rewrapped'"), 5);
    }

    void aNodeTakesUpANewKeyByItself()
    {
        m_probe->vendor().behave({ { u"outage"_s, u"refuses"_s } });
        QVERIFY(m_probe->cards().add(m_probe->somebody(), m_probe->card()));
        QFile file(m_probe->keyFile());
        QVERIFY(file.open(QIODevice::Append));
        file.write("2 " + QByteArray(32, 'k').toBase64() + '\n');
        file.close();

        QVERIFY(m_probe->payments().keepHouse());

        QTRY_COMPARE_WITH_TIMEOUT(
            m_probe->number("select key_version from payment.card"), 2, PaymentProbe::patience
        );
    }

    void withoutMasterKeysCardsWaitAndTheOperatorIsTold()
    {
        m_probe->stop();
        QVERIFY(QFile::remove(m_probe->keyFile()));
        m_probe->start();

        const auto card = m_probe->cards().add(m_probe->somebody(), m_probe->card());

        QVERIFY(!card);
        QCOMPARE(card.error().kind, ProblemKind::unavailable);
        QVERIFY(m_probe->payments().lastHealth().keyTrouble.contains(u"master.key"_s));
        QCOMPARE(m_probe->number("select count(*) from payment.card"), 0);
    }

    void aCardIsGoodToTheEndOfItsMonthEverywhereOnEarth()
    {
        api::NewCard card = m_probe->card();
        card.expMonth = { 11 };
        card.expYear = { 2026 };
        m_probe->clock().set(*instantFromText(u"2026-12-01T11:59:00Z"_s));
        QVERIFY(m_probe->cards().add(m_probe->somebody(), card));

        m_probe->clock().set(*instantFromText(u"2026-12-01T12:01:00Z"_s));
        const auto late = m_probe->cards().add(m_probe->somebody(), card);

        QVERIFY(!late);
        QCOMPARE(late.error().fields.value(0).pointer, u"/expMonth"_s);
    }

    void aKindThatNobodyTakesIsRefused()
    {
        const auto card = m_probe->cards().add(m_probe->somebody(), m_probe->card(u"9000000000000001"_s));

        QVERIFY(!card);
        QCOMPARE(card.error().fields.value(0).pointer, u"/number"_s);
    }

    void aCardThatTheVendorRefusesIsNotKept()
    {
        const Caller who = m_probe->somebody();
        m_probe->vendor().behave({ { u"declinesOnAttach"_s, true } });

        const auto card = m_probe->cards().add(who, m_probe->card(u"4000000000000002"_s));

        QVERIFY(!card);
        QCOMPARE(card.error().fields.value(0).detail, u"Your card was declined."_s);
        QVERIFY(m_probe->cardsOf(who)->isEmpty());
        QCOMPARE(
            m_probe->number("select count(*) from payment.card where num_nonnulls(number, vendor_method) > 0"
            ),
            0
        );
    }

    void aRepeatedRequestAddsOneCard()
    {
        Caller who = m_probe->somebody();
        who.idempotencyKey = u"key-1"_s;

        const auto once = m_probe->cards().add(who, m_probe->card());
        const auto again = m_probe->cards().add(who, m_probe->card());
        const auto other = m_probe->cards().add(who, m_probe->card(u"5555555555554444"_s));

        QVERIFY(once && again);
        QCOMPARE(again->id, once->id);
        QVERIFY(!other);
        QCOMPARE(m_probe->cardsOf(who)->size(), 1);
        QCOMPARE(m_probe->vendor().count(u"methods"_s), 1);
        // The same key of somebody else is another one.
        Caller stranger = m_probe->somebody();
        stranger.idempotencyKey = who.idempotencyKey;
        QVERIFY(m_probe->cards().add(stranger, m_probe->card()).value().id != once->id);
    }

    void aStrangerNeitherSeesNorUsesNorRemovesACard()
    {
        const Caller who = m_probe->somebody();
        const auto card = m_probe->cards().add(who, m_probe->card());
        const Caller stranger = m_probe->somebody();

        const auto used = m_probe->database().transact(PaymentProbe::role, [&](Session &session) {
            return m_probe->cards().use(session, stranger, card->id);
        });
        const auto removed = m_probe->remove(stranger, card->id);

        QVERIFY(m_probe->cardsOf(stranger)->isEmpty());
        QVERIFY(!used && !removed);
        QCOMPARE(used.error().kind, ProblemKind::notFound);
        QCOMPARE(removed.error().kind, ProblemKind::notFound);
        QCOMPARE(m_probe->cardsOf(who)->size(), 1);
    }

    void theNewestPaysUntilAnotherIsChosenAndTheOthersStepIn()
    {
        const Caller who = m_probe->somebody();
        const auto first = m_probe->cards().add(who, m_probe->card());
        const auto second = m_probe->cards().add(who, m_probe->card(u"5555555555554444"_s));
        QVERIFY(first && second && second->isDefault);
        QCOMPARE(defaultOf(who), second->id);

        QVERIFY(m_probe->database().transact(PaymentProbe::role, [&](Session &session) {
            return m_probe->cards().use(session, who, first->id);
        }));
        QCOMPARE(defaultOf(who), first->id);
        QVERIFY(m_probe->remove(who, first->id));
        QCOMPARE(defaultOf(who), second->id);
        QVERIFY(m_probe->remove(who, second->id));

        QCOMPARE(
            m_probe->text("select string_agg(payload ->> 'last4', ',' order by seq) from bus.event where "
                          "type = 'payment.card_changed'"),
            u"4242,4444,4242,4444,"_s
        );
        QCOMPARE(
            m_probe->text("select payload ->> 'hasCard' from bus.event where type = 'payment.card_changed' "
                          "order by seq desc limit 1"),
            u"false"_s
        );
    }

private:
    QString auditOf(const api::Card &card)
    {
        return m_probe->text(
            "select coalesce(string_agg(action, ',' order by id), '') from payment.audit where card_id = '"
            + card.id.toString().toLatin1() + '\''
        );
    }
    api::CardId defaultOf(const Caller &who)
    {
        const QList<api::Card> cards = m_probe->cardsOf(who).value();
        for (const api::Card &card : cards) {
            if (card.isDefault)
                return card.id;
        }
        return {};
    }
    bool isForgottenByVendor()
    {
        const QJsonArray methods
            = m_probe->vendor().ask("GET", u"/v1/payment_methods"_s).json()["data"_L1].toArray();
        return methods.size() == 1 && methods.first().toObject()["customer"_L1].isNull();
    }
    QString strangeKey()
    {
        const QString path = m_probe->keyFile() + ".strange"_L1;
        if (!MasterKeys::createFile(path))
            qFatal("no key");
        return path;
    }

    std::unique_ptr<PaymentProbe> m_probe;
};

QTEST_GUILESS_MAIN(CardTest)
#include "card_test.moc"
