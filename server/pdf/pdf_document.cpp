#include "server/pdf/pdf_document.h"

#include <algorithm>
#include <cairo-pdf.h>
#include <memory>
#include <pango/pangocairo.h>

using namespace Qt::StringLiterals;

namespace pdf {

namespace {

    // Points: 1/72 inch.
    constexpr double paperWidth = 612;
    constexpr double paperHeight = 792;
    constexpr double margin = 54;
    constexpr double right = paperWidth - margin;
    constexpr double width = right - margin;
    constexpr double footerTop = paperHeight - margin + 12;
    constexpr double bottom = footerTop - 16; // of the content
    constexpr double cellGap = 10;
    constexpr double rowGap = 5; // above and below a row's text

    struct Style
    {
        double size = 9.5;
        bool isBold = false;
        double grey = 0.13; // 0: black
    };
    constexpr Style plain;
    constexpr Style soft { .size = 8.5, .grey = 0.42 };
    constexpr Style strong { .isBold = true };
    constexpr Style head { .size = 20, .isBold = true };
    constexpr Style brand { .size = 12, .isBold = true };

    struct Released
    {
        void operator()(cairo_surface_t *surface) const { cairo_surface_destroy(surface); }
        void operator()(cairo_t *context) const { cairo_destroy(context); }
        void operator()(PangoLayout *layout) const { g_object_unref(layout); }
        void operator()(PangoFontDescription *font) const { pango_font_description_free(font); }
        void operator()(PangoAttrList *list) const { pango_attr_list_unref(list); }
    };
    template <class T>
    using Handle = std::unique_ptr<T, Released>;

    // Joiners are letters of some scripts' words, and hold emojis together.
    bool isJoiner(QChar c)
    {
        return c.unicode() == 0x200C || c.unicode() == 0x200D;
    }

    // What a reader could take for something else than text: control and formatting characters.
    QByteArray printable(const QString &text)
    {
        QString kept;
        kept.reserve(text.size());
        for (const QChar c : text) {
            const bool isInvisible
                = c.category() == QChar::Other_Control || c.category() == QChar::Other_Format;
            kept += isInvisible && !isJoiner(c) ? u' ' : c;
        }
        return kept.toUtf8();
    }

    // Where ink goes, page after page.
    class Paper
    {
    public:
        // `pages`: how many there will be; 0: not known yet.
        Paper(const Document &document, int pages)
            : m_document(document)
            , m_pages(pages)
            , m_surface(cairo_pdf_surface_create_for_stream(&Paper::take, &m_bytes, paperWidth, paperHeight))
            , m_context(cairo_create(m_surface.get()))
        {
            const QByteArray title = printable(document.title);
            const QByteArray author = printable(document.issuer.value(0));
            const QByteArray madeAt = document.madeAt.toUTC().toString(Qt::ISODate).toLatin1();
            cairo_pdf_surface_set_metadata(m_surface.get(), CAIRO_PDF_METADATA_TITLE, title.constData());
            cairo_pdf_surface_set_metadata(m_surface.get(), CAIRO_PDF_METADATA_AUTHOR, author.constData());
            cairo_pdf_surface_set_metadata(
                m_surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, madeAt.constData()
            );
        }

        [[nodiscard]] int page() const { return m_page; }
        [[nodiscard]] double y() const { return m_y; }
        void moveTo(double y) { m_y = y; }
        void skip(double height) { m_y += height; }
        // Whether it fits on what is left of the page.
        [[nodiscard]] bool holds(double height) const { return m_y + height <= bottom; }

        [[nodiscard]] double height(const QString &text, const Style &style, double across) const
        {
            int height = 0;
            pango_layout_get_size(layout(text, style, across, Column::Align::left).get(), nullptr, &height);
            return double(height) / PANGO_SCALE;
        }

        // At the current height; how high it is.
        double write(
            const QString &text,
            const Style &style,
            double x,
            double across,
            Column::Align align = Column::Align::left
        )
        {
            const Handle<PangoLayout> set = layout(text, style, across, align);
            cairo_set_source_rgb(m_context.get(), style.grey, style.grey, style.grey);
            cairo_move_to(m_context.get(), x, m_y);
            pango_cairo_show_layout(m_context.get(), set.get());
            int height = 0;
            pango_layout_get_size(set.get(), nullptr, &height);
            return double(height) / PANGO_SCALE;
        }

        void rule(double x, double grey, double thickness)
        {
            cairo_set_source_rgb(m_context.get(), grey, grey, grey);
            cairo_set_line_width(m_context.get(), thickness);
            cairo_move_to(m_context.get(), x, m_y);
            cairo_line_to(m_context.get(), right, m_y);
            cairo_stroke(m_context.get());
        }

        void turn()
        {
            finishPage();
            ++m_page;
            m_y = margin;
        }

        Result<QByteArray> finish()
        {
            finishPage();
            cairo_surface_finish(m_surface.get());
            const cairo_status_t status = cairo_surface_status(m_surface.get());
            if (status != CAIRO_STATUS_SUCCESS)
                return fail(Problem::internal(u"no PDF: "_s + QLatin1String(cairo_status_to_string(status))));
            return m_bytes;
        }

    private:
        static cairo_status_t take(void *bytes, const unsigned char *data, unsigned length)
        {
            static_cast<QByteArray *>(bytes)->append(reinterpret_cast<const char *>(data), qsizetype(length));
            return CAIRO_STATUS_SUCCESS;
        }

        [[nodiscard]] Handle<PangoLayout>
        layout(const QString &text, const Style &style, double across, Column::Align align) const
        {
            Handle<PangoLayout> layout(pango_cairo_create_layout(m_context.get()));
            const Handle<PangoFontDescription> font(pango_font_description_from_string("Inter, sans-serif"));
            pango_font_description_set_size(font.get(), int(style.size * PANGO_SCALE));
            pango_font_description_set_weight(
                font.get(), style.isBold ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL
            );
            pango_layout_set_font_description(layout.get(), font.get());
            pango_layout_set_width(layout.get(), int(across * PANGO_SCALE));
            pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
            // A serial number that is broken has no hyphen in it.
            const Handle<PangoAttrList> attributes(pango_attr_list_new());
            pango_attr_list_insert(attributes.get(), pango_attr_insert_hyphens_new(FALSE));
            pango_layout_set_attributes(layout.get(), attributes.get());
            pango_layout_set_alignment(
                layout.get(), align == Column::Align::right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT
            );
            // Text of a language that is written from the right stays on its side of the cell.
            pango_layout_set_auto_dir(layout.get(), FALSE);
            const QByteArray bytes = printable(text);
            pango_layout_set_text(layout.get(), bytes.constData(), int(bytes.size()));
            return layout;
        }

        void finishPage()
        {
            m_y = footerTop;
            rule(margin, 0.8, 0.5);
            skip(5);
            write(m_document.footer, soft, margin, width - 100);
            write(u"Page %1 of %2"_s.arg(m_page).arg(m_pages), soft, right - 90, 90, Column::Align::right);
            cairo_show_page(m_context.get());
        }

        const Document &m_document;
        int m_pages;
        QByteArray m_bytes;
        Handle<cairo_surface_t> m_surface;
        Handle<cairo_t> m_context;
        double m_y = margin;
        int m_page = 1;
    };

    struct Place
    {
        double x = margin;
        double width = 0;
    };

    QList<Place> placesOf(const QList<Column> &columns)
    {
        double shares = 0;
        for (const Column &column : columns)
            shares += column.share;
        QList<Place> places;
        double x = margin;
        const double free = width - cellGap * double(columns.size() - 1);
        for (const Column &column : columns) {
            places += { x, free * column.share / shares };
            x += places.last().width + cellGap;
        }
        return places;
    }

    void writeHead(Paper &paper, const Document &document)
    {
        // Whose it is on the left, what it is on the right.
        const double top = paper.y();
        for (qsizetype i = 0; i < document.issuer.size(); ++i)
            paper.skip(paper.write(document.issuer.at(i), i == 0 ? brand : soft, margin, width / 2) + 2);
        const double below = paper.y();
        paper.moveTo(top - 4);
        paper.skip(paper.write(document.title, head, margin + width / 2, width / 2, Column::Align::right));
        paper.moveTo(std::max(below, paper.y()) + 26);

        const double facts = paper.y();
        for (qsizetype i = 0; i < document.recipient.size(); ++i)
            paper.skip(
                paper.write(document.recipient.at(i), i == 0 ? strong : plain, margin, width / 2 - 20) + 2
            );
        const double address = paper.y();
        paper.moveTo(facts);
        for (const Fact &fact : document.facts) {
            paper.write(fact.name, soft, margin + width / 2, 110);
            paper.skip(std::max(
                paper.write(
                    fact.value, plain, margin + width / 2 + 115, width / 2 - 115, Column::Align::right
                ) + 3,
                13.0
            ));
        }
        paper.moveTo(std::max(address, paper.y()) + 24);
    }

    void writeTitles(Paper &paper, const Document &document, const QList<Place> &places)
    {
        double height = 0;
        for (qsizetype i = 0; i < places.size(); ++i) {
            const Column &column = document.columns.at(i);
            height = std::max(
                height, paper.write(column.title, soft, places.at(i).x, places.at(i).width, column.align)
            );
        }
        paper.skip(height + 4);
        paper.rule(margin, 0.13, 0.8);
    }

    constexpr double sumHeight = 17;

    double heightOf(const QList<Fact> &sums)
    {
        return sums.isEmpty() ? 0 : sumHeight * double(sums.size()) + 16;
    }

    void writeTable(Paper &paper, const Document &document)
    {
        const QList<Place> places = placesOf(document.columns);
        writeTitles(paper, document, places);
        for (const QStringList &row : document.rows) {
            double height = 0;
            for (qsizetype i = 0; i < places.size(); ++i)
                height = std::max(height, paper.height(row.value(i), plain, places.at(i).width));
            // The sums never stand alone on a page.
            const double below = &row == &document.rows.last() ? heightOf(document.sums) : 0;
            if (!paper.holds(height + 2 * rowGap + below)) {
                paper.turn();
                writeTitles(paper, document, places);
            }
            paper.skip(rowGap);
            for (qsizetype i = 0; i < places.size(); ++i)
                paper.write(
                    row.value(i), plain, places.at(i).x, places.at(i).width, document.columns.at(i).align
                );
            paper.skip(height + rowGap);
            paper.rule(margin, 0.88, 0.5);
        }
    }

    void writeSums(Paper &paper, const QList<Fact> &sums)
    {
        constexpr double across = 230;
        if (!paper.holds(heightOf(sums)))
            paper.turn();
        paper.skip(8);
        for (qsizetype i = 0; i < sums.size(); ++i) {
            const bool isLast = i == sums.size() - 1;
            if (isLast) {
                paper.rule(right - across, 0.13, 0.8);
                paper.skip(5);
            }
            const Style &style = isLast ? strong : plain;
            paper.write(sums.at(i).name, style, right - across, across - 90);
            paper.write(sums.at(i).value, style, right - 90, 90, Column::Align::right);
            paper.skip(sumHeight);
        }
    }

    void writeNotes(Paper &paper, const QStringList &notes)
    {
        paper.skip(16);
        for (const QString &note : notes) {
            if (!paper.holds(paper.height(note, soft, width)))
                paper.turn();
            paper.skip(paper.write(note, soft, margin, width) + 4);
        }
    }

    void writeAll(Paper &paper, const Document &document)
    {
        writeHead(paper, document);
        writeTable(paper, document);
        if (!document.sums.isEmpty())
            writeSums(paper, document.sums);
        writeNotes(paper, document.notes);
    }

} // namespace

// Twice, since the first page says how many there are.
Result<QByteArray> render(const Document &document)
{
    Paper draft(document, 0);
    writeAll(draft, document);
    Paper paper(document, draft.page());
    writeAll(paper, document);
    return paper.finish();
}

} // namespace pdf
