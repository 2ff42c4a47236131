#include "server/services/survey/survey_link.h"

#include <QTest>

using namespace Qt::StringLiterals;

class SurveyLinkTest : public QObject
{
    Q_OBJECT

private slots:
    void whatWasSignedIsReadBack()
    {
        const auto claim = survey_link::verify(survey_link::sign(m_claim, m_secret), m_secret);
        QVERIFY(claim);
        QCOMPARE(claim->id, m_claim.id);
        QCOMPARE(claim->expiresAt, m_claim.expiresAt);
    }

    void noChangedCharacterIsTaken()
    {
        const QString token = survey_link::sign(m_claim, m_secret);
        for (qsizetype i = 0; i < token.size(); ++i) {
            QString changed = token;
            changed[i] = token[i] == u'B' ? u'C' : u'B';
            const auto claim = survey_link::verify(changed, m_secret);
            // The last character holds bits that mean nothing
            QVERIFY2(!claim || (i == token.size() - 1 && claim->id == m_claim.id), qPrintable(changed));
        }
    }

    void whatIsNoTokenIsNotTaken_data()
    {
        QTest::addColumn<QString>("token");
        const QString token = survey_link::sign(m_claim, m_secret);
        QTest::newRow("nothing") << QString();
        QTest::newRow("cut") << token.chopped(3);
        QTest::newRow("longer") << token + u"AAAA"_s;
        QTest::newRow("not base64url") << u"+/=ü€"_s;
        QTest::newRow("an id") << m_claim.id.toString();
        QTest::newRow("another secret") << survey_link::sign(m_claim, survey_link::newSecret());
    }

    void whatIsNoTokenIsNotTaken()
    {
        QFETCH(QString, token);
        QVERIFY(!survey_link::verify(token, m_secret));
    }

    void theTokenTravelsBehindTheFragment()
    {
        const QUrl url = survey_link::address(QUrl(u"https://squad.example"_s), u"abc-_9"_s);
        QCOMPARE(url.toString(QUrl::FullyEncoded), u"https://squad.example/survey#abc-_9"_s);
    }

    void aMaskedTextKeepsAllButTheToken()
    {
        QCOMPARE(
            survey_link::masked(u"Hello:\n\nhttps://squad.example/survey#aB3-_x\n\nBye."_s),
            u"Hello:\n\nhttps://squad.example/survey#…\n\nBye."_s
        );
        QCOMPARE(
            survey_link::masked(u"See https://squad.example/plans#top"_s),
            u"See https://squad.example/plans#top"_s
        );
    }

private:
    const QByteArray m_secret = survey_link::newSecret();
    const survey_link::Claim m_claim { api::SurveyId::make(),
                                       *instantFromText(u"2026-12-07T15:00:00.000Z"_s) };
};

QTEST_GUILESS_MAIN(SurveyLinkTest)
#include "survey_link_test.moc"
