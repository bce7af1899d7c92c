shopcore init
cat >mugs.jsonl <<'END'
{"sku":"mug-red","product":"mug","name":"Stoneware mug","sku_name":"Mug, red","price":1299,"currency":"EUR"}
{"sku":"mug-blue","product":"mug","name":"Stoneware mug","sku_name":"Mug, blue","price":1399,"currency":"EUR"}
END
shopcore catalog import mugs.jsonl
shopcore inventory receive mug-red 50 --key delivery-2041
shopcore inventory receive mug-blue 20 --key delivery-2042
shopcore search stoneware
shopcore cart add ada mug-red 2
shopcore cart add ada mug-blue 1
shopcore checkout quote ada
shopcore checkout place ada --key click-7d1f --payment tok_ok --address demo
shopcore order list ada
shopcore tick
shopcore verify
