package segment

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"sett/node/library"
)

// named lists what chapters are called, lower case, words only. A chapter is of a
// kind when its whole name is one of these, or that with a number.
func named(k Kind) []string {
	switch k {
	case Intro:
		return []string{
			"intro", "introduction", "opening", "opening credits", "opening titles", "opening theme", "opening song", "op", "main title", "main titles",
			"title sequence", "titles", "theme", "theme song", "vorspann", "titelsequenz", "générique", "générique de début", "generique", "generique de debut",
			"introducción", "introduccion", "apertura", "cabecera", "sigla", "sigla iniziale", "titoli di testa", "abertura", "introdução", "introducao",
			"openingstitels", "titelsong", "forspann", "fortekster", "förtexter", "alkutekstit", "czołówka", "czolowka", "úvod", "znělka", "főcím",
			"заставка", "опенинг", "вступление", "интро", "начальные титры", "オープニング", "アバンタイトル", "片头", "片頭", "片头曲", "오프닝", "jenerik",
		}
	case Outro:
		return []string{
			"outro", "credits", "end credits", "closing credits", "ending credits", "ending", "ending theme", "ending song", "ed", "closing", "end titles", "closing titles",
			"final credits", "credits roll", "credit roll", "abspann", "générique de fin", "generique de fin", "créditos", "creditos", "créditos finales", "creditos finales",
			"créditos finais", "sigla finale", "titoli di coda", "encerramento", "aftiteling", "eindgeneriek", "rulletekster", "eftertexter", "lopputekstit",
			"napisy końcowe", "napisy koncowe", "tyłówka", "závěrečné titulky", "titulky", "stáblista", "титры", "финальные титры", "конечные титры", "эндинг",
			"エンディング", "エンドロール", "片尾", "片尾曲", "엔딩", "kapanış jeneriği",
		}
	case Recap:
		return []string{
			"recap", "previously", "previously on", "last time", "last time on", "story so far", "summary", "was bisher geschah", "rückblick", "rueckblick",
			"zuvor", "précédemment", "precedemment", "résumé", "resume", "resumen", "anteriormente", "resumo", "riassunto", "nelle puntate precedenti", "samenvatting",
			"wat voorafging", "tidligere", "tidigare", "aiemmin", "poprzednio", "w poprzednich odcinkach", "minule", "korábban", "ранее", "в предыдущих сериях", "рекап",
			"あらすじ", "前回のあらすじ", "前情提要", "前情回顾", "지난 이야기",
		}
	case Preview:
		return []string{
			"preview", "next episode", "next episode preview", "next time", "next time on", "next on", "coming up", "trailer", "vorschau", "nächste folge", "naechste folge",
			"aperçu", "apercu", "prochain épisode", "prochainement", "avance", "próximo episodio", "proximo episodio", "próximo episódio", "prossimamente", "anteprima",
			"prévia", "voorproefje", "volgende aflevering", "neste episode", "nästa avsnitt", "zapowiedź", "zapowiedz", "w następnym odcinku", "příště",
			"превью", "анонс", "в следующей серии", "予告", "次回予告", "下集预告", "下集預告", "예고", "다음 이야기",
		}
	case Commercial:
		return []string{
			"commercial", "commercials", "commercial break", "advertisement", "advertisements", "advert", "adverts", "ad break", "ads", "werbung", "werbepause",
			"publicité", "publicite", "publicidad", "anuncios", "pubblicità", "pubblicita", "publicidade", "comercial", "reclame", "reklame", "reklam", "mainokset",
			"reklama", "reklamy", "реклама", "cm", "광고", "广告",
		}
	}
	return nil
}

// kinds is the order in which names are looked up.
func kinds() [5]Kind { return [5]Kind{Intro, Outro, Recap, Preview, Commercial} }

// Words turns a chapter's name into what the tables hold: no case, no digits, no
// punctuation.
func words(name string) string {
	fold := func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return ' '
	}
	return strings.Join(strings.Fields(strings.Map(fold, name)), " ")
}

// kindOf tells a chapter's kind by its name, "" when it does not say.
func kindOf(name string) Kind {
	w := words(name)
	if w == "" {
		return ""
	}
	for _, k := range kinds() {
		if slices.Contains(named(k), w) {
			return k
		}
	}
	// "Previously on A Certain Series" names the series.
	for prefix, k := range map[string]Kind{"previously on ": Recap, "last time on ": Recap, "next time on ": Preview} {
		if strings.HasPrefix(w, prefix) {
			return k
		}
	}
	return ""
}

// FromChapters reads what chapters say. What cannot be (an intro of half the film)
// is left out.
func FromChapters(chapters []library.Chapter, runtime library.Ticks) []Segment {
	var out []Segment
	for i, c := range chapters {
		k := kindOf(c.Name)
		if k == "" {
			continue
		}
		s := Segment{Kind: k, Start: c.Start, End: runtime, By: ByChapter}
		if i+1 < len(chapters) {
			s.End = chapters[i+1].Start
		}
		if s.credible(runtime) {
			out = append(out, s)
		}
	}
	return out
}

// credible refuses what is too short to skip, too long, or in the wrong half.
func (s Segment) credible(runtime library.Ticks) bool {
	length, middle := s.End-s.Start, runtime/2
	if length < library.TicksOf(3*time.Second) || s.End > runtime+library.TicksOf(time.Second) {
		return false
	}
	switch s.Kind {
	case Intro, Recap:
		return s.Start < middle && length <= max(runtime/4, library.TicksOf(3*time.Minute))
	case Outro, Preview:
		return s.Start >= middle && length <= max(runtime/4, library.TicksOf(4*time.Minute))
	}
	return length <= max(runtime/4, library.TicksOf(5*time.Minute))
}
