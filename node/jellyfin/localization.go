package jellyfin

import "strings"

var localizationRoutes = []Route{
	{Method: "GET", Path: "/Localization/ParentalRatings", Access: User, Do: (*API).listRatings},
	{Method: "GET", Path: "/Localization/Countries", Access: User, Do: (*API).listCountries},
	{Method: "GET", Path: "/Localization/Cultures", Access: User, Do: (*API).listCultures},
	{Method: "GET", Path: "/Localization/Options", Access: User, Do: (*API).listOptions},
}

func (a *API) listRatings(c *call) error   { return c.json(parentalRatings()) }
func (a *API) listCountries(c *call) error { return c.json(countries()) }
func (a *API) listCultures(c *call) error  { return c.json(cultures()) }

// listOptions are the languages of the server's own texts.
func (a *API) listOptions(c *call) error { return c.json([]nameValue{{"English", "en-GB"}}) }

type country struct {
	Name, DisplayName        string
	TwoLetterISORegionName   string
	ThreeLetterISORegionName string
}

func countries() []country {
	const table = "AR ARG Argentina;AU AUS Australia;AT AUT Austria;BE BEL Belgium;BR BRA Brazil;CA CAN Canada;CL CHL Chile;CN CHN China;" +
		"CO COL Colombia;HR HRV Croatia;CZ CZE Czechia;DK DNK Denmark;EG EGY Egypt;EE EST Estonia;FI FIN Finland;FR FRA France;DE DEU Germany;" +
		"GR GRC Greece;HK HKG Hong Kong;HU HUN Hungary;IS ISL Iceland;IN IND India;ID IDN Indonesia;IE IRL Ireland;IL ISR Israel;IT ITA Italy;" +
		"JP JPN Japan;KR KOR Korea;LV LVA Latvia;LT LTU Lithuania;LU LUX Luxembourg;MY MYS Malaysia;MX MEX Mexico;NL NLD Netherlands;" +
		"NZ NZL New Zealand;NO NOR Norway;PE PER Peru;PH PHL Philippines;PL POL Poland;PT PRT Portugal;RO ROU Romania;RU RUS Russia;" +
		"SA SAU Saudi Arabia;SG SGP Singapore;SK SVK Slovakia;SI SVN Slovenia;ZA ZAF South Africa;ES ESP Spain;SE SWE Sweden;CH CHE Switzerland;" +
		"TW TWN Taiwan;TH THA Thailand;TR TUR Türkiye;UA UKR Ukraine;GB GBR United Kingdom;US USA United States;VN VNM Vietnam"
	out := []country{}
	for row := range strings.SplitSeq(table, ";") {
		out = append(out, country{Name: row[:2], DisplayName: row[7:], TwoLetterISORegionName: row[:2], ThreeLetterISORegionName: row[3:6]})
	}
	return out
}

type culture struct {
	Name, DisplayName           string
	TwoLetterISOLanguageName    string
	ThreeLetterISOLanguageName  string
	ThreeLetterISOLanguageNames []string
}

// cultures are languages to choose tracks by. Where a language has two codes of three
// letters, files use either.
func cultures() []culture {
	const table = "ar ara Arabic;bg bul Bulgarian;bn ben Bengali;ca cat Catalan;cs cze,ces Czech;cy wel,cym Welsh;da dan Danish;de ger,deu German;" +
		"el gre,ell Greek;en eng English;es spa Spanish;et est Estonian;eu baq,eus Basque;fa per,fas Persian;fi fin Finnish;fil fil Filipino;" +
		"fr fre,fra French;ga gle Irish;gl glg Galician;he heb Hebrew;hi hin Hindi;hr hrv Croatian;hu hun Hungarian;hy arm,hye Armenian;" +
		"id ind Indonesian;is ice,isl Icelandic;it ita Italian;ja jpn Japanese;ka geo,kat Georgian;kk kaz Kazakh;ko kor Korean;lt lit Lithuanian;" +
		"lv lav Latvian;mk mac,mkd Macedonian;ml mal Malayalam;ms may,msa Malay;nb nob Norwegian Bokmål;nl dut,nld Dutch;nn nno Norwegian Nynorsk;" +
		"no nor Norwegian;pl pol Polish;pt por Portuguese;ro rum,ron Romanian;ru rus Russian;sk slo,slk Slovak;sl slv Slovenian;sq alb,sqi Albanian;" +
		"sr srp Serbian;sv swe Swedish;ta tam Tamil;te tel Telugu;th tha Thai;tr tur Turkish;uk ukr Ukrainian;ur urd Urdu;vi vie Vietnamese;zh chi,zho Chinese"
	out := []culture{}
	for row := range strings.SplitSeq(table, ";") {
		two, rest, _ := strings.Cut(row, " ")
		three, name, _ := strings.Cut(rest, " ")
		codes := strings.Split(three, ",")
		out = append(out, culture{name, name, two, codes[0], codes})
	}
	return out
}
