#include "shared/ui/icon.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

using namespace Qt::StringLiterals;

namespace {

using ColorOf = std::function<QColor(const Tokens &)>;

QByteArray strokes(const QString &name)
{
    static QHash<QString, QByteArray> known;
    auto found = known.constFind(name);
    if (found == known.constEnd()) {
        QFile file(u":/icons/%1.svg"_s.arg(name));
        const bool isThere = file.open(QIODevice::ReadOnly);
        Q_ASSERT_X(isThere, "icon", qPrintable(name));
        found = known.insert(name, isThere ? file.readAll() : QByteArray());
    }
    return *found;
}

class StrokeEngine final : public QIconEngine
{
public:
    StrokeEngine(QString name, ColorOf color)
        : m_name(std::move(name))
        , m_color(std::move(color))
    {
    }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        const Tokens &tokens = Tokens::current();
        // A wider rectangle leaves room between the icon and the text that follows it.
        const int extent = std::min(rect.width(), rect.height());
        const QRect square(rect.left(), rect.top() + (rect.height() - extent) / 2, extent, extent);
        paintIcon(*painter, square, m_name, mode == QIcon::Disabled ? tokens.muted : m_color(tokens));
    }

    // At any ratio of the screen: the base class would render at 1 and let the result be scaled.
    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state, qreal) override
    {
        return pixmap(size, mode, state);
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }

    [[nodiscard]] QIconEngine *clone() const override { return new StrokeEngine(*this); }

private:
    QString m_name;
    ColorOf m_color;
};

} // namespace

QIcon icon(const QString &name, QColor Tokens::*color)
{
    return QIcon(new StrokeEngine(name, [color](const Tokens &tokens) { return tokens.*color; }));
}

QIcon icon(const QString &name, Tone tone)
{
    return QIcon(new StrokeEngine(name, [tone](const Tokens &tokens) { return tokens.of(tone).ink; }));
}

void paintIcon(QPainter &painter, const QRect &rect, const QString &name, const QColor &color)
{
    QSvgRenderer renderer(strokes(name).replace("#000", color.name().toLatin1()));
    renderer.setAspectRatioMode(Qt::KeepAspectRatio);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    renderer.render(&painter, rect);
    painter.restore();
}
