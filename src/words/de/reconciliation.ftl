## Fälle: Filter, Handlungen, wer was getan hat

reconciliation-none-title = Nichts von dieser Art
reconciliation-none = Kein Fall passt zu diesen Filtern.
reconciliation-settled-title = Noch nichts erledigt
reconciliation-settled-none = Hier steht, was erledigt wurde: von wem, wann und wie.
reconciliation-age-any = Jedes Alter
reconciliation-age = { $days } Tage oder älter
reconciliation-age-label = Alter
reconciliation-open = Offen
reconciliation-settled = Erledigt
reconciliation-list-label = Offen oder erledigt
reconciliation-open-case = Alle Möglichkeiten
reconciliation-from-until = { $from } bis { $until }
reconciliation-case = Der Fall
exception-number-refunded = Zurückgezahlt, mit Steuer
exception-number-shared = Teile zusammen
exception-act-chase = { $date }: { $person } hat { $recipient } darüber eine Mail geschickt.
exception-act-decide_merger = { $date }: { $person } hat entschieden, welcher Deal weiterläuft.
exception-act-dismiss_exception = { $date }: { $person } hat es so stehen lassen.
exception-act-follow_start = { $date }: { $person } hat die Posten auf den neuen Beginn gesetzt.
exception-act-keep_unchanged = { $date }: { $person } hat es gelassen, wie es war.
exception-act-link_invoice = { $date }: { $person } hat die Rechnung einem Deal zugeordnet.
exception-act-link_refund = { $date }: { $person } hat die Gutschrift einem Deal zugeordnet.
exception-act-say_no_deal = { $date }: { $person } hat gesagt, dass die Rechnung zu keinem Deal gehört.
exception-act-split_invoice = { $date }: { $person } hat die Rechnung auf Deals aufgeteilt.
exception-act-take_back_waiver = { $date }: { $person } hat einen Erlass zurückgenommen.
exception-act-unlink_invoice = { $date }: { $person } hat die Zuordnung der Rechnung zurückgenommen.
exception-act-unlink_refund = { $date }: { $person } hat die Zuordnung der Gutschrift zurückgenommen.
exception-act-waive = { $date }: { $person } hat erlassen, was einem Monat fehlte.
exception-resolution-fixed = Es passt jetzt.
exception-resolution-bill_voided = Die Rechnung wurde storniert.
exception-resolution-bill_unnamed = Die Rechnung nennt keine Abrechnung mehr.
exception-resolution-bill_made = Die Rechnung ist in Xero.
exception-resolution-withdrawn = Die Rechnung wurde zurückgezogen.
exception-resolution-invoiced_again = Es ist neu berechnet.
exception-resolution-not_won = Der Deal ist nicht mehr gewonnen.
exception-resolution-dismissed = Es bleibt erledigt, bis sich seine Zahlen ändern.
exception-resolution-kept = Es bleibt erledigt, bis sich der Deal in HubSpot ändert.
exception-resolution-decided = Entschieden.
exception-resolution-followed = Die Posten folgen HubSpot.
case-open-deal = { $deal } in HubSpot
case-open-invoice = { $number } in Xero
case-open-credit = { $number } in Xero
case-link = Einem Deal zuordnen
case-link-what = Der ganze Nettobetrag zählt für den Deal, den Sie wählen; nichts setzt sich darüber hinweg. Die Posten des Deals werden neu berechnet.
case-search-deal = Andere Deals: Kunde, Name oder Nummer in HubSpot
case-split = Auf Deals aufteilen
case-split-what = Sagen Sie, wie viel vom Nettobetrag zu welchem Deal gehört. Was übrig bleibt, zählt für keinen davon.
case-split-deal = Deal
case-split-none = Kein Deal
case-split-amount = Nettobetrag
case-split-net = Rechnung, netto
case-split-sum = Aufgeteilt
case-split-rest = Übrig
case-split-submit = Rechnung aufteilen
case-unlink = Zuordnung zurücknehmen
case-unlink-what = Ein Mensch hat gesagt, wofür diese Rechnung ist. Ohne das entscheiden wieder Referenz und Kontakt.
case-unlink-submit = Zuordnung zurücknehmen
case-link-invoice = Rechnung zuordnen
case-link-invoice-what = Vielleicht zahlt der Kunde über einen anderen Kontakt. Diese Rechnungen gehören zu keinem Deal; zuerst stehen die über genau einen oder mehrere der fehlenden Monate.
case-search-invoice = Nummer, Kontakt oder Referenz
case-no-invoices = Keine Rechnung über den passenden Betrag gefunden. Suchen Sie nach Nummer oder Kontakt.
case-invoice-fits = { $months ->
    [one] genau ein Monat
   *[other] genau { $months } Monate
}
case-link-this = Diese Rechnung zuordnen
case-chase = Zahlung anmahnen
case-chase-what = Schreiben Sie dem Deal-Verantwortlichen in HubSpot. Sie sehen die Mail, bevor sie hinausgeht.
case-waive = Fehlendes erlassen
case-waive-what = Der Monat gilt dann als bezahlt, und der Partner verdient seine ganze Provision. Die Rechnung des Kunden in Xero bleibt, wie sie ist. Was die Toleranz früheren Monaten nachließ, wird mit erlassen.
case-month = Monat
case-waive-month = { $month }: { $amount } fehlen
case-waive-reason = Warum muss es nicht eingenommen werden?
case-waive-submit = Erlassen
case-take-back = Erlass zurücknehmen
case-take-back-what = Was erlassen war, fehlt wieder. Posten, die nur der Erlass deckte, warten wieder auf die Zahlung des Kunden.
case-take-back-reason = Warum wird er zurückgenommen?
case-take-back-submit = Erlass zurücknehmen
case-decision-reason = Grund
case-merge = Entscheiden, wessen Deal es ist
case-merge-what = Bis dahin kann von keinem der beiden Deals etwas freigegeben oder abgerechnet werden. Was der Kunde bezahlt hat, bleibt bei dem Partner, der es verdient hat; die weiteren Monate des anderen Deals entfallen.
case-merge-decision = Welcher Partner macht mit dem Deal weiter?
case-merge-choose = Bitte wählen
case-merge-survivor = { $goes } macht weiter, der Deal von { $ends } endet
case-merge-other = { $goes } macht mit dem zusammengeführten Deal weiter, der Deal von { $ends } endet
case-merge-submit = Entscheiden
case-keep = So lassen
case-keep-what = Die Posten bleiben, wie sie sind, was auch immer HubSpot jetzt sagt. Sie werden wieder gefragt, wenn sich der Deal in HubSpot ändert.
case-keep-submit = So lassen
case-follow = HubSpot folgen
case-follow-what = Alle Posten werden ab dem neuen Beginn neu gemacht. Was der Kunde bezahlt hat, deckt sie vom ersten Monat an neu; freigegebene Posten müssen noch einmal freigegeben werden.
case-follow-stated = Ein Posten steht schon auf einer Abrechnung, und solche bewegen sich nie. Behalten Sie den alten Beginn, oder berichtigen Sie ihn in HubSpot.
case-follow-submit = Alle Posten auf den neuen Beginn setzen
case-dismiss = Stehen lassen
case-dismiss-what = Nichts wird geändert. Der Fall kommt wieder, wenn sich seine Zahlen ändern.
case-dismiss-submit = Stehen lassen

## Wofür eine Rechnung ist

invoice-lead = Für welchen Deal ihr Geld zählt. Was ein Mensch hier sagt, gilt.
invoice-date = Ausgestellt
invoice-for = Zählt für
invoice-change = Zuordnung ändern
case-no-deal = Sie gehört zu keinem Deal
case-no-deal-what = Dieser Kunde kauft auch anderes. Das Geld zählt dann für keinen Deal, was auch in Referenz und Kontakt steht.
case-no-deal-submit = Gehört zu keinem Deal
case-invoices = Rechnungen dieses Deals
case-invoices-what = Die meisten sind durch Referenz oder Kontakt zugeordnet. Meist liegt es an einer, die nicht zu diesem Deal gehört: Sagen Sie, wofür sie ist.

## Die Mail an den Deal-Verantwortlichen

chase-title = Dem Deal-Verantwortlichen schreiben
chase-lead = Aus den Zahlen des Falls entworfen. Ändern Sie, was Sie möchten.
chase-recipient = An
chase-recipient-hint = Der Verantwortliche des Deals in HubSpot; zuerst steht hier Ihre eigene Adresse.
chase-subject-label = Betreff
chase-text = Text
chase-what = Das Portal verschickt sie und hält fest, wem wann geschrieben wurde.
chase-own-program = Mein Mailprogramm nutzen
chase-send = Mail senden
chase-subject = Zahlung von { $about }
chase-greeting = Guten Tag,
chase-deal = Deal: { $deal } ({ $number }).
chase-missing = { $month }: { $amount } fehlen, netto
chase-please = Können Sie den Kunden fragen, wann wir mit dem Geld rechnen können? Die Provision des Partners wartet darauf.

## Der Überblick über das Geld der Kunden

explorer-title = Geld der Kunden
explorer-lead = Was jeder Monat erwartet, und wohin jede Rechnung und Zahlung ging. Die Summen gehen immer auf; jede Zahl zeigt ihre Belege.
explorer-of-client = Alles Geld dieses Kunden
explorer-csv = Als CSV herunterladen
explorer-empty-title = Kein Kunde passt
explorer-empty = Kunden stehen hier, sobald ein Deal mit ihnen gewonnen ist. Ändern Sie die Filter, um andere zu sehen.
explorer-client = Kunde
explorer-partner = Partner
explorer-currency = Währung
explorer-from = Von
explorer-until = Bis
explorer-misfits = Nur was nicht passt
explorer-show = Zeigen
explorer-month = Monat
explorer-expected = Erwartet
explorer-invoiced = Berechnet
explorer-credited = Gutgeschrieben
explorer-collected = Eingenommen
explorer-unallocated = Nicht verteilt
explorer-waived = Erlassen
explorer-missing = Fehlt
explorer-sum = Summe
explorer-earlier = Frühere Monate
explorer-later = Spätere Monate
explorer-rest = Kein Monat braucht es
explorer-evidence = woraus das besteht
explorer-equation = { $invoiced } berechnet = { $credited } gutgeschrieben + { $collected } eingenommen + { $unallocated } nicht verteilt + { $refunded } zurückgezahlt + { $open } noch offen. Alles netto.
explorer-deals = Was HubSpot sagt
explorer-deal-dates = gewonnen { $won }, erster Tag { $start }, letzter Tag { $last }
explorer-column-document = Beleg
explorer-column-status = Status in Xero
explorer-column-deal = Deal
explorer-column-how = Zugeordnet durch
explorer-column-amount = Betrag, netto
explorer-document-invoice = Rechnung
explorer-document-refund = Gutschrift, zurückgezahlt
explorer-how-person = einen Menschen
explorer-how-invoice = ihre Rechnung
explorer-how-reference = die Referenz
explorer-how-contact = den Kontakt
explorer-how-no-deal = ein Mensch: kein Deal
explorer-how-nobody = noch niemanden
explorer-missing-hint = Einem Monat fehlt, was weder erlassen noch eingenommen ist. Monate, die noch laufen, sind noch nicht fällig. Was man tun kann, steht beim Fall:
explorer-waived-by = { $person }, { $date }: „{ $reason }“

## Ablehnungen und Hinweise

error-line-of-merged-deal = HubSpot hat diesen Deal mit dem eines anderen Partners zusammengeführt. Entscheiden Sie zuerst im Zahlungsabgleich, wessen er ist.
error-not-linked-by-person = Niemand hat das von Hand zugeordnet, also gibt es nichts zurückzunehmen.
error-nothing-waived = Von diesem Monat ist nichts erlassen. Laden Sie die Seite neu.
error-start-stated = Inzwischen steht ein Posten auf einer Abrechnung; die Posten können sich nicht mehr bewegen.
notice-link-taken-back = Die Zuordnung ist zurückgenommen. Referenz und Kontakt entscheiden wieder.
notice-month-waived = Erlassen. Der Monat gilt als bezahlt.
notice-waiver-taken-back = Der Erlass ist zurückgenommen.
notice-exception-chased = Die Mail ist unterwegs.
notice-exception-dismissed = Es bleibt so stehen, bis sich seine Zahlen ändern.
notice-merger-decided = Entschieden. Die Posten beider Deals werden neu berechnet.
notice-change-kept = So gelassen, bis sich der Deal in HubSpot ändert.
