#include "server/pdf/pdf_document.h"

#include "tests/server/pdf/pdf_text.h"

#include <QTest>
#include <QTimeZone>

using namespace Qt::StringLiterals;

namespace {

pdf::Document bill()
{
    pdf::Document document;
    document.title = u"Bill"_s;
    document.issuer = { u"Penultimate Electronics"_s, u"1 Market St"_s };
    document.recipient = { u"Ada Customer"_s, u"12 Elm St"_s };
    document.facts = { { u"Number"_s, u"I-100001"_s } };
    document.columns = { { u"What for"_s, 4 }, { u"Amount"_s, 1, pdf::Column::Align::right } };
    document.rows = { { u"Home, Nov 23 to Dec 22, 2026"_s, u"$19.99"_s } };
    document.sums = { { u"Net"_s, u"$19.99"_s }, { u"Total"_s, u"$21.77"_s } };
    document.notes = { u"It is charged to the card of your account."_s };
    document.footer = u"Penultimate Electronics, bill I-100001"_s;
    document.madeAt = QDateTime(QDate(2026, 11, 23), QTime(10, 0), Qt::UTC);
    return document;
}

QString read(const pdf::Document &document)
{
    const auto rendered = pdf::render(document);
    if (!rendered)
        qFatal("%s", qPrintable(rendered.error().detail));
    return pdfText(*rendered);
}

} // namespace

// What is on paper is what was said.
class PdfDocumentTest : public QObject
{
    Q_OBJECT

private slots:
    void everythingIsOnThePaper()
    {
        const QString text = read(bill());
        for (const QString &expected : { u"Penultimate Electronics"_s,
                                         u"Ada Customer"_s,
                                         u"12 Elm St"_s,
                                         u"I-100001"_s,
                                         u"Home, Nov 23 to Dec 22, 2026"_s,
                                         u"$19.99"_s,
                                         u"Total"_s,
                                         u"$21.77"_s,
                                         u"It is charged to the card of your account."_s,
                                         u"What for"_s })
            QVERIFY2(text.contains(expected), qPrintable(expected + u" is not in:\n"_s + text));
        QCOMPARE(text.count(u'\f'), 1); // a page
    }

    void theSameDocumentIsTheSameBytes() { QCOMPARE(*pdf::render(bill()), *pdf::render(bill())); }

    void aLongTableGoesOnUnderItsTitlesOnTheNextPage()
    {
        pdf::Document document = bill();
        document.rows.clear();
        for (int i = 1; i <= 200; ++i)
            document.rows.append({ u"line-%1-end"_s.arg(i), u"$%1.00"_s.arg(i) });

        const QString text = read(document);

        for (int i = 1; i <= 200; ++i)
            QCOMPARE(text.count(u"line-%1-end"_s.arg(i)), 1);
        const auto pages = text.count(u'\f');
        QVERIFY(pages > 3);
        QCOMPARE(text.count(u"What for"_s), pages);
        QCOMPARE(text.count(u"$21.77"_s), 1);
        for (qsizetype page = 1; page <= pages; ++page)
            QCOMPARE(text.count(u"Page %1 of %2"_s.arg(page).arg(pages)), 1);
    }

    // However many rows there are, the last of them is on the page that has the total.
    void sumsNeverStandAlone()
    {
        pdf::Document document = bill();
        for (int rows = 10; rows < 60; ++rows) {
            document.rows.clear();
            for (int i = 1; i <= rows; ++i)
                document.rows.append({ u"line-%1-end"_s.arg(i), u"$1.00"_s });
            const QStringList pages = read(document).split(u'\f').filter(u"$21.77"_s);
            QCOMPARE(pages.size(), 1);
            QVERIFY2(pages.first().contains(u"line-%1-end"_s.arg(rows)), qPrintable(u"%1 rows"_s.arg(rows)));
        }
    }

    void aWordThatIsTooLongIsBroken()
    {
        pdf::Document document = bill();
        document.rows = { { QString(300, u'w') + u"END"_s, u"$1.00"_s } };
        const QString text = read(document);
        QCOMPARE(text.count(u'w'), 300);
        QVERIFY(text.contains(u"END"_s));
        QVERIFY(!text.contains(u"w-"_s));
        QVERIFY(text.contains(u"$1.00"_s));
    }

    void hostileTextArrivesAsText()
    {
        pdf::Document document = bill();
        // Markup, an escape of PDF's own, a line break, a mark that turns what follows around, a NUL.
        document.rows
            = { { u"<b>bold</b> & (paren\\) %PDF\r\nnext \u202Ednuor\u202C"_s + QChar(0) + u"after"_s,
                  u"$1.00"_s } };
        document.title = u"Bill) /Title (other"_s;
        const QString text = read(document);
        QVERIFY2(text.contains(u"<b>bold</b> & (paren\\) %PDF"_s), qPrintable(text));
        QVERIFY(text.contains(u"dnuor"_s));
        QVERIFY(text.contains(u"after"_s));
    }

    void scriptsOfTheWorldAreRead()
    {
        pdf::Document document = bill();
        const QStringList lines {
            u"Ángel Ñuñez-Łukasiewicz"_s, u"Ωμέγα 7"_s, u"Жанна"_s, u"你好"_s, u"שלום"_s, u"مرحبا"_s, u"😀"_s
        };
        document.recipient = lines;
        const QString text = read(document);
        // The reader sees gaps between joined letters of Arabic.
        const QString letters = QString(text).remove(u' ');
        for (const QString &line : lines)
            QVERIFY2(
                letters.contains(QString(line).remove(u' ')), qPrintable(line + u" is not in:\n"_s + text)
            );
    }

    void anEmptyDocumentIsAPaperToo()
    {
        pdf::Document document;
        document.columns = { { u"What"_s } };
        QCOMPARE(read(document).count(u'\f'), 1);
    }
};

QTEST_GUILESS_MAIN(PdfDocumentTest)
#include "pdf_document_test.moc"
