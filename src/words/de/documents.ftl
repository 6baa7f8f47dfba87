## Abrechnungen als Dateien

document-title = Provisionsabrechnung
document-for = Abrechnung für
document-vat-number = USt-IdNr. { $number }
document-number = Nummer
document-date = Datum
document-period = Zeitraum
document-period-days = { $from } bis { $to }
document-quarter = Quartal
document-currency = Währung
document-column-kind = Art
document-next-title = Was jetzt zu tun ist
document-next-invoice = Schreiben Sie eine Rechnung über { $amount } netto an { $vendor } und nennen Sie darauf die Abrechnung { $number }. Rechnen Sie Umsatzsteuer hinzu, wenn sie bei Ihnen anfällt.
document-vendor = uns
document-next-send = Senden Sie die Rechnung an { $email }.
document-next-url = Tragen Sie deren Nummer im Partnerportal ein: { $url }
document-next-portal = Tragen Sie deren Nummer im Partnerportal ein, auf der Seite dieser Abrechnung.
document-payment =
    { $count ->
        [one] Zahlung: innerhalb eines Tages nach Ihrer Rechnung.
       *[other] Zahlung: innerhalb von { $count } Tagen nach Ihrer Rechnung.
    }
document-no-invoice = Diese Abrechnung ist keine Rechnung. Sie ist endgültig: Korrekturen kommen auf eine spätere Abrechnung.
document-hash = SHA-256 des JSON dieser Abrechnung: { $hash }
document-page = Seite { $page } von { $pages }

## Herunterladen

document-download = Herunterladen
document-download-pdf = PDF
document-download-csv = CSV
document-download-json = JSON
document-check = Prüfen Sie selbst: JSON herunterladen; die Prüfsumme muss dieselbe sein:
