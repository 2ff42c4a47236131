#include "server/services/gateway/token.h"

#include "shared/core/clock.h"

#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

const QMap<quint32, QByteArray> keys { { 1, QByteArray(32, 'a') }, { 2, QByteArray(32, 'b') } };
const Instant now = *instantFromText(u"2026-11-23T12:00:00Z"_s);

Caller ada()
{
    Caller caller;
    caller.account = api::AccountId::make();
    caller.session = api::SessionId::make();
    caller.role = api::Role::expert;
    caller.name = u"Ada Łovelace ☃"_s;
    return caller;
}

constexpr auto base64 = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;

QByteArray withByteFlipped(const QByteArray &token, qsizetype place)
{
    QByteArray bytes = QByteArray::fromBase64(token, base64);
    bytes[place < 0 ? bytes.size() + place : place] ^= 1;
    return bytes.toBase64(base64);
}

} // namespace

class TokenTest : public QObject
{
    Q_OBJECT

private slots:
    void aTokenTellsWhoItsBearerIs()
    {
        const Caller bearer = ada();

        const Result<Caller> read
            = TokenSigner(keys, 2).read(TokenSigner(keys, 2).sign(bearer, now + 1s), now);

        QVERIFY(read);
        QCOMPARE(read->account, bearer.account);
        QCOMPARE(read->session, bearer.session);
        QVERIFY(read->role == api::Role::expert);
        QCOMPARE(read->name, bearer.name);
    }

    void aTokenIsGoodUntilItsLastMillisecond()
    {
        const TokenSigner signer(keys, 1);
        const QByteArray token = signer.sign(ada(), now + 15min);

        QVERIFY(signer.read(token, now + 15min - 1ms));
        QVERIFY(!signer.read(token, now + 15min));
    }

    void aTokenSignedWithAnOlderKeyStaysGood()
    {
        const QByteArray token = TokenSigner(keys, 1).sign(ada(), now + 1s);

        QVERIFY(TokenSigner(keys, 2).read(token, now));
    }

    void aNameOfTheGreatestLengthFits()
    {
        Caller bearer = ada();
        bearer.name = QString(120, u'語');
        const TokenSigner signer(keys, 1);

        const Result<Caller> read = signer.read(signer.sign(bearer, now + 1s), now);

        QVERIFY(read);
        QCOMPARE(read->name, bearer.name);
    }

    void whatIsNotOursIsRefused_data()
    {
        QTest::addColumn<QByteArray>("token");
        const QByteArray good = TokenSigner(keys, 1).sign(ada(), now + 1s);
        const QByteArray bytes = QByteArray::fromBase64(good, base64);

        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("a word") << QByteArray("token");
        QTest::newRow("no base64") << QByteArray("!!!" + good);
        QTest::newRow("a space behind it") << good + ' ';
        QTest::newRow("a line break in it") << good.first(8) + "\r\n" + good.sliced(8);
        QTest::newRow("the signature is changed") << withByteFlipped(good, -1);
        QTest::newRow("the version is changed") << withByteFlipped(good, 0);
        QTest::newRow("the key is changed") << withByteFlipped(good, 4);
        QTest::newRow("the session is changed") << withByteFlipped(good, 5);
        QTest::newRow("the account is changed") << withByteFlipped(good, 5 + 16);
        QTest::newRow("the role is changed") << withByteFlipped(good, 5 + 32);
        QTest::newRow("the expiry is changed") << withByteFlipped(good, 5 + 33 + 7);
        QTest::newRow("the name is changed") << withByteFlipped(good, -33);
        QTest::newRow("cut by a byte") << bytes.chopped(1).toBase64(base64);
        QTest::newRow("a byte too much") << (bytes + 'x').toBase64(base64);
        QTest::newRow("only a signature") << bytes.last(32).toBase64(base64);
        QTest::newRow("without its signature") << bytes.chopped(32).toBase64(base64);
        QTest::newRow("zeros") << QByteArray(bytes.size(), '\0').toBase64(base64);
        QTest::newRow("very long") << QByteArray(100'000, 'A');
        QTest::newRow("signed with another key")
            << TokenSigner({ { 1, QByteArray(32, 'x') } }, 1).sign(ada(), now + 1s);
        QTest::newRow("of a key nobody knows")
            << TokenSigner({ { 3, QByteArray(32, 'a') } }, 3).sign(ada(), now + 1s);
        QTest::newRow("expired") << TokenSigner(keys, 1).sign(ada(), now);
    }

    void whatIsNotOursIsRefused()
    {
        QFETCH(const QByteArray, token);

        const Result<Caller> read = TokenSigner(keys, 1).read(token, now);

        QVERIFY(!read);
        QVERIFY(read.error().kind == ProblemKind::unauthenticated);
    }

    void everyCutTokenIsRefused()
    {
        const TokenSigner signer(keys, 1);
        const QByteArray good = signer.sign(ada(), now + 1s);

        QVERIFY(signer.read(good, now));
        for (qsizetype size = 0; size < good.size(); ++size)
            QVERIFY2(!signer.read(good.first(size), now), qPrintable(QString::number(size)));
    }
};

QTEST_APPLESS_MAIN(TokenTest)
#include "token_test.moc"
