package library

// The tables of Fold: for each letter of a block the letter it folds to. In the Latin
// ones that is one byte, "." where the letter stays; in the others one two-byte rune,
// U+0000 U+0000 where it stays.

// foldLatin covers U+00C0 to U+024F.
const foldLatin = "" +
	"aaaaaa.ceeeeiiiidnooooo.ouuuuy..aaaaaa.ceeeeiiiidnooooo.ouuuuy.y" +
	"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkkklllllll" +
	"lllnnnnnn.nnoooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs" +
	"bb........d....e.ff....ikk......oo.............uu....zz........." +
	".............aaiioouuuuuuuuuu.aaaa..ggggkkoooo..j...gg..nnaa...." +
	"aaaaeeeeiiiioooorrrruuuusstt..hh......aaeeooooooooyy............" +
	"...bu..........."

// foldLatinMore covers U+1E00 to U+1EFF, Vietnamese among it.
const foldLatinMore = "" +
	"aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm" +
	"mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv" +
	"wwwwwwwwwwxxxxyyzzzzzzhtwy......aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee" +
	"eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......"

// foldGreek covers U+0370 to U+03FF.
const foldGreek = "" +
	"ͱͱͳͳʹ\x00\x00ͷͷ\x00\x00\x00\x00ͺͻͼͽ\x00\x00ϳ\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00α\x00\x00" +
	"εηι\x00\x00ο\x00\x00υωιαβγδεζηθικλμνξο" +
	"πρ\x00\x00στυφχψωιυαεηιυαβγδεζη" +
	"θικλμνξοπρσστυφχψωιυουωϗ" +
	"ϐϑϒϒϒϕϖϗϙϙϛϛϝϝϟϟϡϡϣϣϥϥϧϧ" +
	"ϩϩϫϫϭϭϯϯϰϱϲϳθϵ\x00\x00ϸϸϲϻϻϼͻͼͽ"

// foldGreekMore covers U+1F00 to U+1FFF, the polytonic letters.
const foldGreekMore = "" +
	"ααααααααααααααααεεεεεε\x00\x00\x00\x00" +
	"εεεεεε\x00\x00\x00\x00ηηηηηηηηηηηηηηηη" +
	"ιιιιιιιιιιιιιιιιοοοοοο\x00\x00\x00\x00" +
	"οοοοοο\x00\x00\x00\x00υυυυυυυυ\x00\x00υ\x00\x00υ\x00\x00υ\x00\x00υ" +
	"ωωωωωωωωωωωωωωωωααεεηηιι" +
	"οουυωω\x00\x00\x00\x00αααααααααααααααα" +
	"ηηηηηηηηηηηηηηηηωωωωωωωω" +
	"ωωωωωωωωααααα\x00\x00ααααααα\x00\x00ι\x00\x00" +
	"\x00\x00\x00\x00ηηη\x00\x00ηηεεηηη\x00\x00\x00\x00\x00\x00ιιιι\x00\x00\x00\x00ιι" +
	"ιιιι\x00\x00\x00\x00\x00\x00\x00\x00υυυυρρυυυυυυρ\x00\x00\x00\x00\x00\x00" +
	"\x00\x00\x00\x00ωωω\x00\x00ωωοοωωω\x00\x00\x00\x00\x00\x00"

// foldCyrillic covers U+0400 to U+04FF.
const foldCyrillic = "" +
	"ееђгєѕііјљњћкиуџабвгдежз" +
	"ииклмнопрстуфхцчшщъыьэюя" +
	"абвгдежзииклмнопрстуфхцч" +
	"шщъыьэюяееђгєѕііјљњћкиуџ" +
	"ѡѡѣѣѥѥѧѧѩѩѫѫѭѭѯѯѱѱѳѳѵѵѵѵ" +
	"ѹѹѻѻѽѽѿѿҁҁ\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00ҋҋҍҍҏҏ" +
	"ґґғғҕҕҗҗҙҙққҝҝҟҟҡҡңңҥҥҧҧ" +
	"ҩҩҫҫҭҭүүұұҳҳҵҵҷҷҹҹһһҽҽҿҿ" +
	"ӏжжӄӄӆӆӈӈӊӊӌӌӎӎӏааааӕӕее" +
	"әәәәжжззӡӡииииооөөөөээуу" +
	"ууууччӷӷыыӻӻӽӽӿӿ"
