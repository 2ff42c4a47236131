#include "server/services/payment/card_cipher.h"
#include "server/services/payment/private_file.h"
#include "server/services/payment/webhook_signature.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

QByteArray keyLine(int version, char filling)
{
    return QByteArray::number(version) + ' ' + QByteArray(32, filling).toBase64() + '\n';
}

MasterKeys keys(const QByteArray &text)
{
    return *MasterKeys::parse(text);
}

CardNumber visa()
{
    return *CardNumber::parse(u"4242424242424242"_s);
}

} // namespace

// What keeps a card's number secret: the cipher, its keys and where they come from, and the signature of who
// may ring.
class CardSecretsTest : public QObject
{
    Q_OBJECT

private slots:
    void aSealedNumberOpensForItsCardAlone()
    {
        const MasterKeys master = keys(keyLine(1, 'a'));
        const auto card = api::CardId::make();
        const SealedNumber sealed = card_cipher::seal(master, card, visa());

        QCOMPARE(card_cipher::open(master, card, sealed)->reveal(), visa().reveal());
        QVERIFY(!card_cipher::open(master, api::CardId::make(), sealed));
        QVERIFY(!card_cipher::open(keys(keyLine(1, 'b')), card, sealed));
        QVERIFY(!card_cipher::open(keys(keyLine(2, 'a')), card, sealed));
    }

    void aSealedNumberShowsNothingOfItself()
    {
        const MasterKeys master = keys(keyLine(1, 'a'));
        const auto card = api::CardId::make();

        const SealedNumber once = card_cipher::seal(master, card, visa());
        const SealedNumber again = card_cipher::seal(master, card, visa());

        QVERIFY(!once.number.contains("4242") && !once.wrappedKey.contains("4242"));
        QVERIFY(once.number != again.number);
        QVERIFY(once.wrappedKey != again.wrappedKey);
    }

    void aChangedBitIsNoticedWhereverItIs()
    {
        const MasterKeys master = keys(keyLine(1, 'a'));
        const auto card = api::CardId::make();
        const SealedNumber sealed = card_cipher::seal(master, card, visa());

        for (qsizetype bit = 0; bit < sealed.number.size() * 8; ++bit) {
            SealedNumber changed = sealed;
            changed.number[bit / 8] = static_cast<char>(changed.number.at(bit / 8) ^ (1 << bit % 8));
            QVERIFY(!card_cipher::open(master, card, changed));
        }
        for (qsizetype bit = 0; bit < sealed.wrappedKey.size() * 8; ++bit) {
            SealedNumber changed = sealed;
            changed.wrappedKey[bit / 8] = static_cast<char>(changed.wrappedKey.at(bit / 8) ^ (1 << bit % 8));
            QVERIFY(!card_cipher::open(master, card, changed));
        }
        QVERIFY(!card_cipher::open(master, card, { {}, {}, 1 }));
        QVERIFY(!card_cipher::open(master, card, { sealed.number.first(20), sealed.wrappedKey, 1 }));
    }

    void aRewrappedNumberOpensWithoutTheOldMasterKey()
    {
        const auto card = api::CardId::make();
        const SealedNumber sealed = card_cipher::seal(keys(keyLine(1, 'a')), card, visa());

        const auto rewrapped = card_cipher::rewrap(keys(keyLine(1, 'a') + keyLine(2, 'b')), card, sealed);

        QVERIFY(rewrapped);
        QCOMPARE(rewrapped->keyVersion, 2);
        QCOMPARE(rewrapped->number, sealed.number);
        QCOMPARE(card_cipher::open(keys(keyLine(2, 'b')), card, *rewrapped)->reveal(), visa().reveal());
        QVERIFY(!card_cipher::open(keys(keyLine(1, 'a')), card, *rewrapped));
    }

    void masterKeysAreReadOrRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("current"); // 0: refused
        QTest::newRow("one") << keyLine(1, 'a') << 1;
        QTest::newRow("the highest wraps") << keyLine(3, 'a') + keyLine(2, 'b') << 3;
        QTest::newRow("comments") << "# of last year\n\n" + keyLine(1, 'a') + "  # and so on" << 1;
        QTest::newRow("no end of line") << keyLine(7, 'a').trimmed() << 7;
        QTest::newRow("none") << QByteArray() << 0;
        QTest::newRow("twice") << keyLine(1, 'a') + keyLine(1, 'b') << 0;
        QTest::newRow("short") << "1 " + QByteArray(31, 'a').toBase64() << 0;
        QTest::newRow("long") << "1 " + QByteArray(33, 'a').toBase64() << 0;
        QTest::newRow("no version") << QByteArray(32, 'a').toBase64() << 0;
        QTest::newRow("version 0") << keyLine(0, 'a') << 0;
        QTest::newRow("no base64") << "1 " + QByteArray(44, '!') << 0;
    }
    void masterKeysAreReadOrRefused()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const int, current);

        const auto read = MasterKeys::parse(text);

        QCOMPARE(read ? read->current() : 0, current);
        if (!read)
            QVERIFY(!read.error().detail.contains(QString::fromLatin1(QByteArray(31, 'a').toBase64())));
    }

    void aKeyFileThatOthersCouldReadIsRefused()
    {
        const QString path = m_directory.filePath(u"master.key"_s);
        QVERIFY(MasterKeys::createFile(path));
        QVERIFY(MasterKeys::read({ path, {} }));

        for (const mode_t mode : { 0640U, 0604U, 0660U, 0700U }) {
            QCOMPARE(::chmod(QFile::encodeName(path).constData(), mode), 0);
            QVERIFY(!MasterKeys::read({ path, {} }));
        }
        QCOMPARE(::chmod(QFile::encodeName(path).constData(), 0600), 0);
        QVERIFY(QFile::link(path, path + ".link"_L1));
        QVERIFY(!MasterKeys::read({ path + ".link"_L1, {} }));
        QVERIFY(!MasterKeys::read({ m_directory.path(), {} }));
        QVERIFY(!MasterKeys::read({ m_directory.filePath(u"nowhere"_s), {} }));
    }

    void aKeyFileThatIsThereStaysAsItIs()
    {
        const QString path = m_directory.filePath(u"kept.key"_s);
        QVERIFY(MasterKeys::createFile(path));
        const auto before = readPrivateFile(path);

        QVERIFY(MasterKeys::createFile(path));

        QCOMPARE(*readPrivateFile(path), *before);
    }

    void aCommandPrintsTheKeysOrIsRefused()
    {
        const QString path = m_directory.filePath(u"printed.key"_s);
        QVERIFY(MasterKeys::createFile(path));

        QCOMPARE(MasterKeys::read({ {}, u"cat "_s + path })->current(), 1);
        QVERIFY(!MasterKeys::read({ {}, u"cat "_s + path + ".not"_L1 }));
        QVERIFY(!MasterKeys::read({ {}, u"/nowhere/kms print"_s }));
        QVERIFY(!MasterKeys::read({ {}, QString() }));
    }

    void aSignatureFitsItsBodyItsKeyAndItsTime()
    {
        const Secret key("whsec_1");
        const Instant now = *instantFromText(u"2026-11-23T12:00:00Z"_s);
        const QByteArray body = R"({"id": "evt_1"})";
        const QByteArray header = webhook_signature::sign(body, key, now);
        const auto isGood = [&](const QByteArray &head, const QByteArray &text, Instant when) {
            return webhook_signature::verify(head, text, key, when).has_value();
        };

        QVERIFY(isGood(header, body, now));
        QVERIFY(isGood(header, body, now + 5min));
        QVERIFY(isGood("v0=00," + header + ",v1=ffff", body, now));
        QVERIFY(!isGood(header, body + ' ', now));
        QVERIFY(!isGood(header, body, now + 5min + 1s));
        QVERIFY(!isGood(header, body, now - 5min - 1s));
        QVERIFY(!isGood(webhook_signature::sign(body, Secret("whsec_2"), now), body, now));
        QVERIFY(!isGood({}, body, now));
        QVERIFY(!isGood("t=,v1=", body, now));
        QVERIFY(!isGood(header.split(',').first(), body, now));
        QVERIFY(!isGood(header.split(',').last(), body, now));
        // The time is signed too: an old one cannot be made new.
        QVERIFY(!isGood("t=1795435300," + header.split(',').last(), body, now));
    }

    void withoutAKeyNobodyCanSign()
    {
        const Instant now = *instantFromText(u"2026-11-23T12:00:00Z"_s);

        QVERIFY(!webhook_signature::verify(webhook_signature::sign("{}", Secret(), now), "{}", Secret(), now)
        );
    }

private:
    QTemporaryDir m_directory;
};

QTEST_GUILESS_MAIN(CardSecretsTest)
#include "card_secrets_test.moc"
