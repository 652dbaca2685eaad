package naming

import "strings"

// languageRows: ISO 639-1, 639-2/B, 639-2/T when different, then names; a name of
// several words is written with underscores.
const languageRows = `
aa aar - afar|ab abk - abkhazian|af afr - afrikaans|ak aka - akan|am amh - amharic|ar ara - arabic العربية
an arg - aragonese|as asm - assamese|av ava - avaric|ay aym - aymara|az aze - azerbaijani|ba bak - bashkir
be bel - belarusian беларуская|bg bul - bulgarian български|bn ben - bengali bangla|bo tib bod tibetan
br bre - breton|bs bos - bosnian bosanski|ca cat - catalan català valencian|ce che - chechen|co cos - corsican
cs cze ces czech čeština cesky|cv chv - chuvash|cy wel cym welsh cymraeg|da dan - danish dansk
de ger deu german deutsch|dv div - dhivehi|dz dzo - dzongkha|ee ewe - ewe|el gre ell greek ελληνικά
en eng - english|eo epo - esperanto|es spa - spanish español espanol castilian castellano|et est - estonian eesti
eu baq eus basque euskara|fa per fas persian farsi فارسی|ff ful - fulah|fi fin - finnish suomi|fj fij - fijian
fo fao - faroese føroyskt|fr fre fra french français francais|fy fry - frisian|ga gle - irish gaeilge
gd gla - scottish_gaelic|gl glg - galician galego|gn grn - guarani|gu guj - gujarati|ha hau - hausa
he heb - hebrew עברית|hi hin - hindi हिन्दी|hr hrv - croatian hrvatski|ht hat - haitian|hu hun - hungarian magyar
hy arm hye armenian|ia ina - interlingua|id ind - indonesian bahasa_indonesia|ig ibo - igbo|is ice isl icelandic íslenska
it ita - italian italiano|iu iku - inuktitut|ja jpn - japanese 日本語|jv jav - javanese|ka geo kat georgian
kk kaz - kazakh|kl kal - greenlandic|km khm - khmer|kn kan - kannada|ko kor - korean 한국어|ks kas - kashmiri
ku kur - kurdish|ky kir - kyrgyz|la lat - latin|lb ltz - luxembourgish|lo lao - lao|lt lit - lithuanian lietuvių
lv lav - latvian latviešu|mg mlg - malagasy|mi mao mri maori|mk mac mkd macedonian македонски|ml mal - malayalam
mn mon - mongolian|mr mar - marathi|ms may msa malay bahasa_melayu|mt mlt - maltese|my bur mya burmese
nb nob - norwegian_bokmål bokmål|ne nep - nepali|nl dut nld dutch nederlands flemish|nn nno - norwegian_nynorsk nynorsk
no nor - norwegian norsk|nv nav - navajo|ny nya - chichewa|oc oci - occitan|om orm - oromo|or ori - odia oriya
pa pan - punjabi panjabi|pl pol - polish polski|ps pus - pashto|pt por - portuguese português portugues
qu que - quechua|rm roh - romansh|ro rum ron romanian română moldavian|ru rus - russian русский|rw kin - kinyarwanda
sa san - sanskrit|sc srd - sardinian|sd snd - sindhi|se sme - northern_sami|si sin - sinhala
sk slo slk slovak slovenčina|sl slv - slovenian slovenščina|sm smo - samoan|sn sna - shona|so som - somali
sq alb sqi albanian shqip|sr srp - serbian српски srpski|ss ssw - swati|st sot - sotho|su sun - sundanese
sv swe - swedish svenska|sw swa - swahili|ta tam - tamil|te tel - telugu|tg tgk - tajik|th tha - thai ไทย
ti tir - tigrinya|tk tuk - turkmen|tl tgl - tagalog filipino|tn tsn - tswana|to ton - tongan|tr tur - turkish türkçe
tt tat - tatar|ug uig - uyghur|uk ukr - ukrainian українська|ur urd - urdu|uz uzb - uzbek|vi vie - vietnamese tiếng_việt
vo vol - volapük|wa wln - walloon|wo wol - wolof|xh xho - xhosa|yi yid - yiddish|yo yor - yoruba|za zha - zhuang
zh chi zho chinese mandarin cantonese 中文 chs cht|zu zul - zulu
- fil - filipino|- haw - hawaiian|- hmn - hmong|- ast - asturian|- nds - low_german|- mul - multiple_languages
- und - undetermined|- zxx - no_linguistic_content|- yue - yue|- grc - ancient_greek|- tlh - klingon`

var languages = buildLanguages()

func buildLanguages() map[string]string {
	m := make(map[string]string, 600)
	for _, row := range strings.FieldsFunc(languageRows, func(r rune) bool { return r == '|' || r == '\n' }) {
		f := strings.Fields(row)
		for i, name := range f {
			if name == "-" {
				continue
			}
			name = strings.ReplaceAll(name, "_", " ")
			if _, taken := m[name]; !taken || i < 3 {
				m[name] = f[1]
			}
		}
	}
	return m
}

// Language returns the ISO 639-2 (bibliographic) code of a language given by code,
// region-tagged code ("pt-BR", "zh_Hans") or English or own name; "" for anything
// else.
func Language(s string) string {
	if len(s) < 2 || len(s) > 32 {
		return ""
	}
	l := lower(s)
	if !isASCII(l) {
		l = strings.ToLower(s)
	}
	if code, ok := languages[l]; ok {
		return code
	}
	i := strings.IndexAny(l, "-_")
	if i != 2 && i != 3 {
		return ""
	}
	region := l[i+1:]
	if len(region) < 2 || len(region) > 4 || strings.ContainsAny(region, " ") {
		return ""
	}
	return languages[l[:i]]
}
